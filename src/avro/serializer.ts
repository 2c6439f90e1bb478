import type { JsonObject } from '../json.ts';
import type { EventRecord } from './event-record.ts';
import { EVENT_TYPE } from './schema.ts';
import { toEvent } from './to-event.ts';
import { HEADER_BYTES, writeHeader } from './wire-format.ts';

// About three pages of 1,000 events.
const CHUNK_BYTES = 1024 * 1024;

/**
 * Records to framed bytes.
 *
 * Many records share one chunk of memory, because an allocation each would cost as much as the encoding. A chunk is
 * filled once and never rewound: kafkajs holds on to the slices for as long as it retries.
 */
export class EventSerializer {
  readonly #schemaId: number;
  #chunk: Buffer = Buffer.alloc(0);
  /** Everything before it in the chunk belongs to slices that were handed out. */
  #offset = 0;

  /** `schemaId` is the registry's id of `EVENT_SCHEMA`. */
  constructor(schemaId: number) {
    this.#schemaId = schemaId;
  }

  /** A slice that stays valid and unchanged. Throws where the record is none of the schema's: a defect of the mapping. */
  encode(record: EventRecord): Buffer {
    let end = EVENT_TYPE.encode(record, this.#chunk, this.#offset + HEADER_BYTES);
    if (end < 0) {
      // avsc writes nothing outside of the buffer and answers with the number of bytes that it lacks, negated.
      const neededBytes = this.#chunk.length - this.#offset - end;
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, neededBytes));
      this.#offset = 0;
      end = EVENT_TYPE.encode(record, this.#chunk, HEADER_BYTES);
    }
    writeHeader(this.#chunk, this.#offset, this.#schemaId);
    const slice = this.#chunk.subarray(this.#offset, end);
    this.#offset = end;
    return slice;
  }
}

/** The event in a value that {@link EventSerializer.encode} gave. */
export const eventIn = (value: Buffer): JsonObject => toEvent(EVENT_TYPE.decode(value, HEADER_BYTES).value);
