import { UNMAPPABLE_CODES } from '../avro/unmappable.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { JsonValue } from '../json.ts';
import type { OutgoingRecord } from '../kafka/client.ts';
import { partitionOf } from '../kafka/murmur2.ts';
import type { PlacedRecord } from '../kafka/writer.ts';
import type { EncodedEvent } from './encoded-event.ts';

/** An event as the record of the events topic. */
export interface EventRecordOut extends PlacedRecord {
  readonly gid: string;
  readonly value: Buffer;
  readonly isLate: boolean;
}

export const DEAD_LETTER_REASONS = [...UNMAPPABLE_CODES, 'refused-by-kafka'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface DeadLetter {
  /** The event's, where it has one that can be a key. */
  readonly gid: string | undefined;
  readonly source: JsonValue;
  readonly reason: DeadLetterReason;
  readonly message: string;
}

/** The dead letters topic has one. */
export const DEAD_LETTERS_PARTITION = 0;

/** Of a record that was committed after younger ones. */
const LATE = { late: 'true' };

/** The record of an event that has one; one that `isLate` is marked by a header. */
export function placeEvent(
  { id, createdAtMs, value }: EncodedEvent & { readonly value: Buffer },
  partitions: number,
  isLate: boolean,
): EventRecordOut {
  const key = Buffer.from(id);
  const partition = partitionOf(key, partitions);
  const record = { gid: id, key, value, timestampMs: createdAtMs, partition, isLate };
  return isLate ? { ...record, headers: LATE } : record;
}

/** The event whole, as canonical JSON, with the reason in the headers. Its timestamp is now: Kafka may have refused the event's own. */
export const deadLetterRecord = (
  { gid, source, reason, message }: DeadLetter,
  workspaceGid: string,
  nowMs: number,
): PlacedRecord & OutgoingRecord => ({
  partition: DEAD_LETTERS_PARTITION,
  key: gid === undefined ? null : Buffer.from(gid),
  value: Buffer.from(canonicalJson(source)),
  timestampMs: nowMs,
  headers: { 'error.code': reason, 'error.message': message, workspace_gid: workspaceGid },
});
