import { readPageBody, readPageOctets } from '../asana/page-body.ts';
import type { EventRecord } from '../avro/event-record.ts';
import { toRecord } from '../avro/mapping.ts';
import { RecordWriter } from '../avro/record-writer.ts';
import type { Unmappable } from '../avro/unmappable.ts';
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
    return this.#writeOctets(body, workspaceGid) ?? this.#writeTexts(body, workspaceGid);
  }

  /** Undefined where something besides a record is needed as text. */
  #writeOctets(body: Buffer, workspaceGid: string): EncodedPage | undefined {
    // What is hidden is found, and hashed, by its text.
    const page = this.#hide === undefined ? readPageOctets(body) : undefined;
    if (page === undefined || BEYOND_ASCII.test(page.offset ?? '')) return undefined;
    const columns = new Columns(page.events.length, this.#octets);
    for (const event of page.events) {
      const { record } = toRecord(event, workspaceGid);
      if (record === undefined || BEYOND_ASCII.test(record.gid)) return undefined;
      columns.addRecord(record);
    }
    return columns.page(page.offset);
  }

  #writeTexts(body: Buffer, workspaceGid: string): EncodedPage {
    const page = readPageBody(body, this.#hide);
    const columns = new Columns(page.events.length, this.#texts);
    for (const event of page.events) {
      const { record, unmappable } = toRecord(event, workspaceGid);
      if (record) columns.addRecord(record);
      else columns.addUnmappable(event, unmappable);
    }
    return columns.page(page.offset);
  }
}

const BEYOND_ASCII = /[^\0-\x7f]/;

/** A page as it comes into being. */
class Columns {
  readonly #writer: RecordWriter;
  readonly #ids: string[] = [];
  readonly #createdAtMs: Float64Array<ArrayBuffer>;
  readonly #ends: Uint32Array<ArrayBuffer>;
  readonly #unmappable = new Map<number, UnmappableEvent>();

  constructor(events: number, writer: RecordWriter) {
    this.#writer = writer;
    this.#createdAtMs = new Float64Array(events);
    this.#ends = new Uint32Array(events);
    writer.begin();
  }

  addRecord(record: EventRecord): void {
    this.#writer.write(record);
    this.#add(record.gid, record.created_at);
  }

  addUnmappable(event: JsonValue, why: Unmappable): void {
    this.#unmappable.set(this.#ids.length, { json: canonicalJson(event), ...why });
    const { id, createdAtMs } = identityOf(event, { unmappable: why });
    this.#add(id, createdAtMs);
  }

  page(offset: string | null): EncodedPage {
    const [ids, createdAtMs, ends, unmappable] = [this.#ids, this.#createdAtMs, this.#ends, this.#unmappable];
    return { offset, ids, createdAtMs, ends, bytes: this.#writer.copy(), unmappable };
  }

  #add(id: string, createdAtMs = Number.NaN): void {
    const at = this.#ids.push(id) - 1;
    this.#createdAtMs[at] = createdAtMs;
    this.#ends[at] = this.#writer.sizeBytes;
  }
}
