import { isUtf8 } from 'node:buffer';
import { wouldBurst } from '../asana/containers.ts';
import { MAX_EVENTS, readOffsetBehind, readPageBody } from '../asana/page-body.ts';
import { AvroBytes } from '../avro/avro-bytes.ts';
import { toRecord } from '../avro/mapping.ts';
import { writeRecord } from '../avro/record-writer.ts';
import { canonicalJson } from '../canonical-json.ts';
import { type JsonValue, parseJson } from '../json.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import type { UnmappableEvent } from './encoded-event.ts';
import type { EncodedPage } from './encoded-page.ts';
import { identityOf } from './identity.ts';
import { afterSpace, afterValue, CLOSE_ARRAY, COMMA, NOT_PLAIN, OPEN_OBJECT } from './json-scan.ts';
import { PlainEvent } from './plain-event.ts';

/** Encodes pages, in memory that it uses again. */
export class PageWriter {
  readonly #hide: HideFields | undefined;
  readonly #plain = new PlainEvent();
  readonly #bytes = new AvroBytes();

  constructor(hide: HideFields | undefined) {
    this.#hide = hide;
  }

  /**
   * The events in the body of an answer, each as the value of its record or as what cannot be one. Throws ASANA_ANSWER_INVALID where it
   * is no page.
   */
  write(body: Buffer, workspaceGid: string): EncodedPage {
    return this.#writePlain(body, workspaceGid) ?? this.#writeParsed(body, workspaceGid);
  }

  /** Undefined where it is to be parsed as a whole: it is another page than Asana sends, or none, and what is wrong is said there. */
  #writePlain(body: Buffer, workspaceGid: string): EncodedPage | undefined {
    // What is hidden is found, and hashed, by its text.
    if (this.#hide !== undefined || !isUtf8(body) || wouldBurst(body)) return undefined;
    const columns = new Columns(this.#bytes, workspaceGid);
    try {
      const end = this.#writeEvents(body, columns);
      const offset = end === NOT_PLAIN ? undefined : readOffsetBehind(body.toString('utf8', end));
      return offset === undefined ? undefined : columns.page(offset);
    } catch (error) {
      // What JSON.parse throws, of a part that is no JSON or is nested too deeply. What is thrown for another reason, the parsing way meets again.
      if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Behind all of them, or NOT_PLAIN. */
  #writeEvents(body: Buffer, columns: Columns): number {
    const [beginning] = BEGINNING.exec(body.toString('latin1', 0, MOST_BEGINNING_BYTES)) ?? [];
    if (beginning === undefined) return NOT_PLAIN;
    let at = beginning.length;
    if (body[at] === CLOSE_ARRAY) return at + 1;
    for (let events = 1; events <= MAX_EVENTS; events++) {
      if (body[at] !== OPEN_OBJECT) return NOT_PLAIN;
      const end = afterSpace(body, this.#writeEvent(body, at, columns));
      if (body[end] === CLOSE_ARRAY) return end + 1;
      if (body[end] !== COMMA) return NOT_PLAIN;
      at = afterSpace(body, end + 1);
    }
    return NOT_PLAIN;
  }

  /** Behind it. */
  #writeEvent(body: Buffer, at: number, columns: Columns): number {
    const end = this.#plain.read(body, at);
    if (end !== NOT_PLAIN) {
      columns.addPlain(body, this.#plain);
      return end;
    }
    const parsedEnd = afterValue(body, at);
    columns.addParsed(parseJson(body.toString('utf8', at, parsedEnd)));
    return parsedEnd;
  }

  #writeParsed(body: Buffer, workspaceGid: string): EncodedPage {
    const page = readPageBody(body, this.#hide);
    const columns = new Columns(this.#bytes, workspaceGid);
    for (const event of page.events) columns.addParsed(event);
    return columns.page(page.offset);
  }
}

/** Asana's pages begin with their events. */
const BEGINNING = /^[ \t\r\n]*\{[ \t\r\n]*"data"[ \t\r\n]*:[ \t\r\n]*\[[ \t\r\n]*/;
const MOST_BEGINNING_BYTES = 100;

/** A page as it comes into being. */
class Columns {
  readonly #bytes: AvroBytes;
  readonly #workspaceGid: string;
  readonly #workspaceOctets: Buffer;
  readonly #createdAtMs: number[] = [];
  readonly #ends: number[] = [];
  readonly #unmappable = new Map<number, UnmappableEvent & { readonly id: string }>();

  constructor(bytes: AvroBytes, workspaceGid: string) {
    bytes.cutTo(0);
    this.#bytes = bytes;
    this.#workspaceGid = workspaceGid;
    this.#workspaceOctets = Buffer.from(workspaceGid);
  }

  addPlain(body: Buffer, event: PlainEvent): void {
    event.write(body, this.#workspaceOctets, this.#bytes);
    this.#add(event.createdAtMs);
  }

  addParsed(event: JsonValue): void {
    const { record, unmappable } = toRecord(event, this.#workspaceGid);
    if (record !== undefined) {
      writeRecord(this.#bytes, record);
      this.#add(record.created_at);
    } else {
      const { id, createdAtMs } = identityOf(event, { unmappable });
      this.#unmappable.set(this.#ends.length, { id, json: canonicalJson(event), ...unmappable });
      this.#add(createdAtMs);
    }
  }

  page(offset: string | null): EncodedPage {
    return {
      offset,
      createdAtMs: Float64Array.from(this.#createdAtMs),
      ends: Uint32Array.from(this.#ends),
      bytes: this.#bytes.copy(),
      unmappable: this.#unmappable,
    };
  }

  #add(createdAtMs = Number.NaN): void {
    this.#createdAtMs.push(createdAtMs);
    this.#ends.push(this.#bytes.sizeBytes);
  }
}
