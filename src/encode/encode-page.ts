import { readPageBody } from '../asana/page-body.ts';
import { toRecord } from '../avro/mapping.ts';
import type { RecordWriter } from '../avro/record-writer.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import type { UnmappableEvent } from './encoded-event.ts';
import type { EncodedPage } from './encoded-page.ts';
import { identityOf } from './identity.ts';

/**
 * The events in the body of an answer, each as the value of its record or as what cannot be one. Throws ASANA_ANSWER_INVALID where it
 * is no page.
 */
export function encodePage(
  body: Uint8Array,
  workspaceGid: string,
  hide: HideFields | undefined,
  writer: RecordWriter,
): EncodedPage {
  const { events, offset } = readPageBody(body, hide);
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
