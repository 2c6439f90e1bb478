import { eventIn } from '../avro/to-event.ts';
import { UNMAPPABLE_CODES } from '../avro/unmappable.ts';
import { writeHeader } from '../avro/wire-format.ts';
import { type ByteRange, bytesIn, rangeOf } from '../byte-range.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { OutgoingRecord } from '../kafka/client.ts';
import { partitionOf } from '../kafka/murmur2.ts';
import type { PlacedRecord } from '../kafka/writer.ts';
import type { StreamEvent } from './events.ts';
import type { PassedGap } from './gap.ts';

/** An event as the record of the events topic. */
export interface EventRecordOut extends PlacedRecord {
  /** Its gid. */
  readonly key: string;
  readonly value: ByteRange;
  readonly isLate: boolean;
}

export const DEAD_LETTER_REASONS = [...UNMAPPABLE_CODES, 'refused-by-kafka'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface DeadLetter {
  /** Where Kafka refused its record; undefined where it has none. */
  readonly gid: string | undefined;
  /** The event whole, as canonical JSON. */
  readonly json: string;
  readonly reason: DeadLetterReason;
  readonly message: string;
}

/** The dead letters topic has one. */
export const DEAD_LETTERS_PARTITION = 0;

/** Of a record that was committed after younger ones. */
const LATE = { late: 'true' };

/** What one transaction is made of. */
export class Batch {
  readonly records: EventRecordOut[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly gaps: PassedGap[] = [];
  duplicatesDropped = 0;
  readonly #partitions: number;
  readonly #schemaId: number;

  /** @param partitions of the events topic @param schemaId the registry's, of the schema that values are written with */
  constructor(partitions: number, schemaId: number) {
    this.#partitions = partitions;
    this.#schemaId = schemaId;
  }

  /** As a record, marked by a header where it `isLate`; as a dead letter where it has none. */
  add({ id, createdAtMs, value, unmappable }: StreamEvent, isLate: boolean): void {
    if (unmappable !== undefined) {
      const { json, code, message } = unmappable;
      this.deadLetters.push({ gid: undefined, json, reason: code, message });
      return;
    }
    writeHeader(value.memory, value.start, this.#schemaId);
    const partition = partitionOf(id, this.#partitions);
    const record = { key: id, value, timestampMs: createdAtMs, partition, isLate };
    this.records.push(isLate ? { ...record, headers: LATE } : record);
  }
}

export const refusedLetter = ({ key, value }: EventRecordOut, message: string): DeadLetter => ({
  gid: key,
  json: canonicalJson(eventIn(bytesIn(value))),
  reason: 'refused-by-kafka',
  message,
});

/** The event whole, as canonical JSON, with the reason in the headers. Its timestamp is now: Kafka may have refused the event's own. */
export const deadLetterRecord = (
  { gid, json, reason, message }: DeadLetter,
  workspaceGid: string,
  nowMs: number,
): PlacedRecord & OutgoingRecord => ({
  partition: DEAD_LETTERS_PARTITION,
  key: gid ?? null,
  value: rangeOf(Buffer.from(json)),
  timestampMs: nowMs,
  headers: { 'error.code': reason, 'error.message': message, workspace_gid: workspaceGid },
});
