import { sizeOf } from '../byte-range.ts';
import { ConnectorError } from '../errors.ts';
import { utf8Bytes } from '../utf8.ts';
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

export interface Written<R extends PlacedRecord> {
  /** What the broker will never accept. */
  readonly refused: readonly Refused<R>[];
  /** By partition, the offset behind the last record that it appended. */
  readonly ends: ReadonlyMap<number, number>;
}

// Lengths, offset and timestamp deltas, attributes: a generous bound, as a batch that turns out too large costs a round trip.
const RECORD_OVERHEAD_BYTES = 48;
const BATCH_OVERHEAD_BYTES = 128;

/**
 * Writes `records` within `tx`, in their order within each partition.
 *
 * One `send` carries records of one partition, and a partition has one outstanding `send`: kafkajs loses and repeats records
 * of committed transactions when a leader moves during a send of several partitions (docs/adr/0001-kafkajs-behind-a-port.md).
 */
export async function writeRecords<R extends PlacedRecord>(
  tx: Transaction,
  target: TopicTarget,
  records: readonly R[],
): Promise<Written<R>> {
  const byPartition = Map.groupBy(records, ({ partition }) => partition);
  const writes = [...byPartition].map(async ([partition, own]) => {
    const write = new PartitionWrite<R>(tx, target.topic, partition);
    for (const chunk of chunks(own, target.maxMessageBytes)) await write.sendOrHalve(chunk);
    return write;
  });
  // All must have ended before the transaction does: a send that is still out would land behind its end.
  const results = await Promise.allSettled(writes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    refused: done.flatMap(({ refused }) => refused),
    ends: new Map(done.flatMap(({ partition, end }) => (end === undefined ? [] : [[partition, end]]))),
  };
}

/** What of one transaction goes to one partition, a `send` after the other. */
class PartitionWrite<R extends PlacedRecord> {
  readonly partition: number;
  readonly refused: Refused<R>[] = [];
  /** The offset behind the last record that was appended. */
  end: number | undefined;
  readonly #tx: Transaction;
  readonly #topic: string;

  constructor(tx: Transaction, topic: string, partition: number) {
    this.#tx = tx;
    this.#topic = topic;
    this.partition = partition;
  }

  /** A refused batch says nothing of which record is to blame, and none of it was appended: halves, until one is left. */
  async sendOrHalve(records: readonly R[]): Promise<void> {
    try {
      this.end = (await this.#sendChecked(records)) + records.length;
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'KAFKA_RECORD_REFUSED') throw error;
      const [record] = records;
      if (records.length === 1 && record !== undefined) {
        this.refused.push({ record, error });
        return;
      }
      const middle = records.length >> 1;
      await this.sendOrHalve(records.slice(0, middle));
      await this.sendOrHalve(records.slice(middle));
    }
  }

  /** kafkajs resolves although it skipped a partition: what it says that it wrote must be exactly what was asked for. */
  async #sendChecked(records: readonly OutgoingRecord[]): Promise<number> {
    const answers = await this.#tx.send(this.#topic, this.partition, records);
    const [answer] = answers;
    const confirmed =
      answers.length === 1 &&
      answer?.topic === this.#topic &&
      answer.partition === this.partition &&
      answer.errorCode === 0 &&
      answer.baseOffset >= 0;
    if (confirmed) return answer.baseOffset;
    throw new ConnectorError(
      'KAFKA_SEND_UNCONFIRMED',
      `sending ${records.length} records to ${this.#topic}-${this.partition} was answered with ${JSON.stringify(answers)}`,
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
    const recordBytes = mostBytesOf(record);
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

function mostBytesOf({ key, value, headers }: OutgoingRecord): number {
  let sizeBytes = RECORD_OVERHEAD_BYTES + utf8Bytes(key ?? '') + sizeOf(value);
  for (const name in headers) sizeBytes += utf8Bytes(name) + utf8Bytes(headers[name] ?? '') + 10;
  return sizeBytes;
}
