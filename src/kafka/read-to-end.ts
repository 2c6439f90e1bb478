import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { FetchedBatch, FetchedRecord, FetchStart, KafkaClient } from './client.ts';

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
 * dead process's, as long as its transaction timeout. A topic that does not exist has none.
 */
export async function* readWritten(
  kafka: KafkaClient,
  topic: string,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  for (const partition of await partitionsOf(kafka, topic))
    yield* readPartitionWritten(kafka, topic, partition, signal);
}

/** The same of one partition; `end` is the high watermark of that time. */
export const readPartitionWritten = (
  kafka: KafkaClient,
  topic: string,
  partition: number,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord & { readonly end: number }> =>
  readBelow(
    ({ highWatermark }) => highWatermark,
    partition,
    kafka.fetchCommitted(topic, partition, 'earliest', signal),
  );

const partitionsOf = async (kafka: KafkaClient, topic: string): Promise<Iterable<number>> =>
  Array((await kafka.describeTopic(topic))?.partitions ?? 0).keys();

/** Reads below what `endOf` says of the first batch. */
async function* readBelow(
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

/** For how long a read may get no further. */
export interface Patience {
  readonly clock: Clock;
  readonly limitMs: number;
}

const MARGIN_MS = 30_000;

/** Longer than a dead neighbour can hold back what is committed. */
export const patienceFor = (clock: Clock, transactionTimeoutMs: number): Patience => ({
  clock,
  limitMs: transactionTimeoutMs + MARGIN_MS,
});

/**
 * Every committed record of a range; waits until all of it can be read. Where it gets no further for too long, throws TOPIC_LOST if the
 * partition ends before the range does, and KAFKA_UNAVAILABLE if a transaction is open in it. Not at once: behind a change of leaders a
 * partition may seem to be shorter than it is. However long a range is, reading it is no reason to give up.
 */
export async function* readUpTo(
  kafka: KafkaClient,
  range: PartitionRange,
  { clock, limitMs }: Patience,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const { topic, partition, start, end } = range;
  if (end === 0) return;
  let reached: number | undefined;
  let movedMs = 0;
  for await (const batch of kafka.fetchCommitted(topic, partition, start, signal)) {
    for (const record of batch.records) if (record.offset < end) yield { ...record, partition };
    if (batch.nextOffset >= end) return;
    const nowMs = clock.monotonicMs();
    if (batch.nextOffset !== reached) [reached, movedMs] = [batch.nextOffset, nowMs];
    else if (nowMs - movedMs > limitMs) throw standsStill(range, batch, limitMs);
  }
}

function standsStill(
  { topic, partition, end }: PartitionRange,
  { nextOffset, highWatermark }: FetchedBatch,
  limitMs: number,
): ConnectorError {
  if (highWatermark < end) {
    const what = `${topic}-${partition} ends at offset ${highWatermark}, and the state says that it was written up to ${end}`;
    return new ConnectorError('TOPIC_LOST', what);
  }
  return new ConnectorError(
    'KAFKA_UNAVAILABLE',
    `${topic}-${partition} could not be read beyond offset ${nextOffset} for ${limitMs / 1000} s, and is needed up to ${end}: is a transaction open there?`,
  );
}
