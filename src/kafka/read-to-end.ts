import type { FetchedRecord, FetchStart, KafkaClient } from './client.ts';

export interface ReadRecord extends FetchedRecord {
  readonly partition: number;
}

/** A part of one partition: up to the offset `end`, exclusive. */
export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  readonly start: FetchStart;
  readonly end: number;
}

/**
 * Every committed record of a topic, partition by partition, up to the last stable offset at the time of the first fetch.
 * A topic that does not exist has none.
 */
export async function* readToEnd(
  kafka: KafkaClient,
  topic: string,
  signal: AbortSignal,
  start: FetchStart = 'earliest',
): AsyncGenerator<ReadRecord> {
  const description = await kafka.describeTopic(topic);
  for (let partition = 0; partition < (description?.partitions ?? 0); partition++)
    yield* readPartitionToEnd(kafka, topic, partition, signal, start);
}

/** The same of one partition; `end` is that last stable offset. */
export async function* readPartitionToEnd(
  kafka: KafkaClient,
  topic: string,
  partition: number,
  signal: AbortSignal,
  start: FetchStart = 'earliest',
): AsyncGenerator<ReadRecord & { readonly end: number }> {
  let end: number | undefined;
  for await (const batch of kafka.fetchCommitted(topic, partition, start, signal)) {
    end ??= batch.lastStableOffset;
    for (const record of batch.records) if (record.offset < end) yield { ...record, partition, end };
    if (batch.nextOffset >= end) return;
  }
}

/** Every committed record of a range; waits until all of it can be read. */
export async function* readUpTo(
  kafka: KafkaClient,
  range: PartitionRange,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const { topic, partition, start, end } = range;
  if (end === 0) return;
  for await (const { records, nextOffset } of kafka.fetchCommitted(topic, partition, start, signal)) {
    for (const record of records) if (record.offset < end) yield { ...record, partition };
    if (nextOffset >= end) return;
  }
}
