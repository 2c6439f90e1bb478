import type { FetchedBatch, FetchedRecord, FetchStart, KafkaClient } from './client.ts';
import { untilItHangs, type WaitPorts } from './open-transaction.ts';

export interface ReadRecord extends FetchedRecord {
  readonly partition: number;
}

/**
 * Every committed record of a topic, partition by partition, up to the last stable offset at the time of the first fetch: what was
 * committed behind a transaction that is still open is not among them. A topic that does not exist has none.
 */
export async function* readToEnd(
  kafka: KafkaClient,
  topic: string,
  signal: AbortSignal,
  start: FetchStart = 'earliest',
): AsyncGenerator<ReadRecord> {
  for (const partition of await partitionsOf(kafka, topic))
    yield* readPartitionToEnd(kafka, topic, partition, signal, start);
}

/** The same of one partition. */
export const readPartitionToEnd = (
  kafka: KafkaClient,
  topic: string,
  partition: number,
  signal: AbortSignal,
  start: FetchStart = 'earliest',
): AsyncGenerator<ReadRecord> =>
  readBelow(
    ({ lastStableOffset }) => lastStableOffset,
    partition,
    kafka.fetchCommitted(topic, partition, start, signal),
  );

/**
 * Every committed record of what was written to a topic before the first fetch. Waits for the transactions that were open then: for a
 * dead process's, as long as its transaction timeout. Throws KAFKA_TRANSACTION_HANGS where one does not end. A topic that does not
 * exist has none.
 */
export async function* readWritten(
  kafka: KafkaClient,
  topic: string,
  ports: WaitPorts,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  for (const partition of await partitionsOf(kafka, topic))
    yield* readPartitionWritten(kafka, topic, partition, ports, signal);
}

/** The same of one partition; `end` is the high watermark of that time. */
export const readPartitionWritten = (
  kafka: KafkaClient,
  topic: string,
  partition: number,
  ports: WaitPorts,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord & { readonly end: number }> =>
  readBelow(
    ({ highWatermark }) => highWatermark,
    partition,
    untilItHangs(kafka.fetchCommitted(topic, partition, 'earliest', signal), `${topic}-${partition}`, ports),
  );

const partitionsOf = async (kafka: KafkaClient, topic: string): Promise<Iterable<number>> =>
  Array((await kafka.describeTopic(topic))?.partitions ?? 0).keys();

/** Every record below what `endOf` says of the first batch. */
export async function* readBelow(
  endOf: (batch: FetchedBatch) => number,
  partition: number,
  batches: AsyncIterable<FetchedBatch>,
): AsyncGenerator<ReadRecord & { readonly end: number }> {
  let end: number | undefined;
  for await (const batch of batches) {
    end ??= endOf(batch);
    for (const record of batch.records) if (record.offset < end) yield { ...record, partition, end };
    if (batch.nextOffset >= end) return;
  }
}
