import { ConnectorError } from '../errors.ts';
import type { OutgoingRecord, Transaction } from './client.ts';

export interface TopicTarget {
  readonly topic: string;
  /** `max.message.bytes` of the topic. */
  readonly maxMessageBytes: number;
}

export interface PlacedRecord extends OutgoingRecord {
  readonly partition: number;
}

export interface Refused<R extends PlacedRecord> {
  readonly record: R;
  readonly error: ConnectorError;
}

// Lengths, offset and timestamp deltas, attributes: a generous bound, as a batch that turns out too large costs a round trip.
const RECORD_OVERHEAD_BYTES = 48;
const BATCH_OVERHEAD_BYTES = 128;

/**
 * Writes `records` within `tx`, in their order within each partition, and gives back those that the broker will never accept.
 *
 * One `send` carries records of one partition, and a partition has one outstanding `send`: kafkajs loses and repeats records
 * of committed transactions when a leader moves during a send of several partitions (docs/adr/0001-kafkajs-behind-a-port.md).
 */
export async function writeRecords<R extends PlacedRecord>(
  tx: Transaction,
  target: TopicTarget,
  records: readonly R[],
): Promise<Refused<R>[]> {
  const byPartition = Map.groupBy(records, ({ partition }) => partition);
  const writes = [...byPartition].map(([partition, own]) => writePartition(tx, target, partition, own));
  // All must have ended before the transaction does: a send that is still out would land behind its end.
  const results = await Promise.allSettled(writes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

async function writePartition<R extends PlacedRecord>(
  tx: Transaction,
  target: TopicTarget,
  partition: number,
  records: readonly R[],
): Promise<Refused<R>[]> {
  const refused: Refused<R>[] = [];
  for (const chunk of chunks(records, target.maxMessageBytes)) {
    refused.push(...(await sendOrHalve(tx, target.topic, partition, chunk)));
  }
  return refused;
}

/** A refused batch says nothing of which record is to blame, and none of it was appended: halves, until one is left. */
async function sendOrHalve<R extends PlacedRecord>(
  tx: Transaction,
  topic: string,
  partition: number,
  records: readonly R[],
): Promise<Refused<R>[]> {
  try {
    await sendChecked(tx, topic, partition, records);
    return [];
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'KAFKA_RECORD_REFUSED') throw error;
    const [record] = records;
    if (records.length === 1 && record !== undefined) return [{ record, error }];
    const middle = records.length >> 1;
    const first = await sendOrHalve(tx, topic, partition, records.slice(0, middle));
    return [...first, ...(await sendOrHalve(tx, topic, partition, records.slice(middle)))];
  }
}

/** kafkajs resolves although it skipped a partition: what it says that it wrote must be exactly what was asked for. */
async function sendChecked(
  tx: Transaction,
  topic: string,
  partition: number,
  records: readonly OutgoingRecord[],
): Promise<void> {
  const answers = await tx.send(topic, partition, records);
  const [answer] = answers;
  const confirmed =
    answers.length === 1 &&
    answer?.topic === topic &&
    answer.partition === partition &&
    answer.errorCode === 0;
  if (!confirmed) {
    throw new ConnectorError(
      'KAFKA_SEND_UNCONFIRMED',
      `sending ${records.length} records to ${topic}-${partition} was answered with ${JSON.stringify(answers)}`,
    );
  }
}

/** kafkajs packs the records of a `send` into one batch, which must stay below `max.message.bytes`. */
export function* chunks<R extends OutgoingRecord>(
  records: readonly R[],
  maxMessageBytes: number,
): Generator<R[]> {
  let chunk: R[] = [];
  let sizeBytes = BATCH_OVERHEAD_BYTES;
  for (const record of records) {
    const recordBytes = sizeOf(record);
    if (chunk.length > 0 && sizeBytes + recordBytes > maxMessageBytes) {
      yield chunk;
      chunk = [];
      sizeBytes = BATCH_OVERHEAD_BYTES;
    }
    chunk.push(record);
    sizeBytes += recordBytes;
  }
  if (chunk.length > 0) yield chunk;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let sizeBytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers)
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + 10;
  return sizeBytes;
}
