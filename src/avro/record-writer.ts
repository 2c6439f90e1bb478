import type { EventRecord } from './event-record.ts';
import { EVENT_TYPE } from './schema.ts';
import { HEADER_BYTES } from './wire-format.ts';

const FIRST_BYTES = 1024 * 1024;

/**
 * Writes the records of a page one behind the other as Avro, each behind room for its header. An allocation a record would cost as much
 * as the encoding.
 */
export class RecordWriter {
  /** Used for all pages; it grows to the largest. */
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #sizeBytes = 0;

  /** Forgets what was written. */
  begin(): void {
    this.#sizeBytes = 0;
  }

  /** Since it began: where the last record ends. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Throws where the record is none of the schema's: a defect of the mapping. */
  write(record: EventRecord): void {
    const start = this.#sizeBytes + HEADER_BYTES;
    let end = EVENT_TYPE.encode(record, this.#memory, start);
    if (end < 0) {
      // avsc writes nothing outside of the buffer and answers with the number of bytes that it lacks, negated.
      this.#grow(this.#memory.length - end);
      end = EVENT_TYPE.encode(record, this.#memory, start);
    }
    this.#sizeBytes = end;
  }

  /** All that was written, in memory of its own; what stands in place of the headers means nothing. */
  copy(): Buffer<ArrayBuffer> {
    const copy = Buffer.allocUnsafeSlow(this.#sizeBytes);
    this.#memory.copy(copy, 0, 0, this.#sizeBytes);
    return copy;
  }

  #grow(leastBytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(leastBytes, 2 * this.#memory.length));
    this.#memory.copy(grown, 0, 0, this.#sizeBytes);
    this.#memory = grown;
  }
}
