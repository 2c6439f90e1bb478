import type { PageBody } from '../asana/page.ts';
import { readPageBody, readPageOctets } from '../asana/page-body.ts';
import { toRecord } from '../avro/mapping.ts';
import { RecordWriter } from '../avro/record-writer.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { JsonValue } from '../json.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import type { UnmappableEvent } from './encoded-event.ts';
import type { EncodedPage } from './encoded-page.ts';
import { identityOf } from './identity.ts';

/** Encodes pages, in memory that it uses again. */
export class PageWriter {
  readonly #hide: HideFields | undefined;
  readonly #octets = new RecordWriter('latin1');
  readonly #texts = new RecordWriter('utf8');

  constructor(hide: HideFields | undefined) {
    this.#hide = hide;
  }

  /**
   * The events in the body of an answer, each as the value of its record or as what cannot be one. Throws ASANA_ANSWER_INVALID where it
   * is no page.
   */
  write(body: Buffer, workspaceGid: string): EncodedPage {
    // What is hidden is found, and hashed, by its text.
    const octets = this.#hide === undefined ? readPageOctets(body) : undefined;
    const page = octets && encode(octets, workspaceGid, this.#octets);
    if (page && isAscii(page)) return page;
    return encode(readPageBody(body, this.#hide), workspaceGid, this.#texts);
  }
}

function encode(
  { events, offset }: PageBody<JsonValue>,
  workspaceGid: string,
  writer: RecordWriter,
): EncodedPage {
  const ids: string[] = [];
  const ownMs = new Float64Array(events.length);
  const ends = new Uint32Array(events.length);
  const unmappable = new Map<number, UnmappableEvent>();
  writer.begin();
  events.forEach((source, at) => {
    const mapped = toRecord(source, workspaceGid);
    const identity = identityOf(source, mapped);
    ids.push(identity.id);
    ownMs[at] = identity.ownMs ?? Number.NaN;
    if (mapped.record) writer.write(mapped.record);
    else unmappable.set(at, { json: canonicalJson(source), ...mapped.unmappable });
    ends[at] = writer.sizeBytes;
  });
  return { offset, ids, ownMs, ends, bytes: writer.copy(), unmappable };
}

const BEYOND_ASCII = /[^\0-\x7f]/;

/** Whether all that it has besides its records is the same as text and as bytes. */
const isAscii = ({ ids, offset, unmappable }: EncodedPage): boolean =>
  unmappable.size === 0 && !BEYOND_ASCII.test(`${offset ?? ''}${ids.join('')}`);
