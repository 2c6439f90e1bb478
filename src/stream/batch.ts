import type { EventSerializer } from '../avro/serializer.ts';
import { UNMAPPABLE_CODES } from '../avro/unmappable.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { OutgoingRecord } from '../kafka/client.ts';
import { partitionOf } from '../kafka/murmur2.ts';
import type { PlacedRecord } from '../kafka/writer.ts';
import type { StreamEvent } from './events.ts';

/** An event as the record of the events topic, with where it comes from. */
export interface EventRecordOut extends PlacedRecord {
  readonly event: StreamEvent;
}

export const DEAD_LETTER_REASONS = [...UNMAPPABLE_CODES, 'refused-by-kafka'] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface DeadLetter {
  readonly event: StreamEvent;
  readonly reason: DeadLetterReason;
  readonly message: string;
}

/** The dead letters topic has one. */
export const DEAD_LETTERS_PARTITION = 0;

/** Of a record that was committed after younger ones. */
const LATE = { late: 'true' };

/** The records of the events that have one, and the dead letters of the others; `isLate` events are marked by a header. */
export function encodeEvents(
  events: readonly StreamEvent[],
  serializer: EventSerializer,
  partitions: number,
  isLate: (event: StreamEvent) => boolean,
) {
  const records: EventRecordOut[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const event of events) {
    const { record, unmappable } = event.mapped;
    if (unmappable) {
      deadLetters.push({ event, reason: unmappable.code, message: unmappable.message });
      continue;
    }
    const key = Buffer.from(record.gid);
    const value = serializer.encode(record);
    records.push({
      event,
      key,
      value,
      timestampMs: record.created_at,
      partition: partitionOf(key, partitions),
      ...(isLate(event) && { headers: LATE }),
    });
  }
  return { records, deadLetters };
}

/** The event whole, as canonical JSON, with the reason in the headers. Its timestamp is now: Kafka may have refused the event's own. */
export function deadLetterRecord(
  letter: DeadLetter,
  workspaceGid: string,
  nowMs: number,
): PlacedRecord & OutgoingRecord {
  const { record } = letter.event.mapped;
  return {
    partition: DEAD_LETTERS_PARTITION,
    key: record ? Buffer.from(record.gid) : null,
    value: Buffer.from(canonicalJson(letter.event.source)),
    timestampMs: nowMs,
    headers: { 'error.code': letter.reason, 'error.message': letter.message, workspace_gid: workspaceGid },
  };
}
