import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { FetchedBatch, FetchedRecord, FetchStart, KafkaClient } from './client.ts';
import { untilItHangs, type WaitPorts } from './open-transaction.ts';

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

/** Every committed record of a range; waits until all of it can be read. */
export async function* readUpTo(
  kafka: KafkaClient,
  range: PartitionRange,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const { topic, partition, start, end } = range;
  if (end > 0) yield* readBelow(() => end, partition, kafka.fetchCommitted(topic, partition, start, signal));
}

/** The same of what a state claims to be there. Throws KAFKA_TRANSACTION_HANGS, and TOPIC_LOST where the partition ends before, or is gone. */
export async function* readClaimed(
  kafka: KafkaClient,
  { topic, partition, start, end }: PartitionRange,
  ports: WaitPorts,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const partitions = (await kafka.describeTopic(topic))?.partitions ?? 0;
  if (partition >= partitions) throw lost(topic, partition, end, 'does not exist');
  const batches = kafka.fetchCommitted(topic, partition, start, signal);
  const unhung = untilItHangs(batches, `${topic}-${partition}`, ports);
  yield* readBelow(() => end, partition, refuseShort(unhung, { topic, partition, end }, ports.clock));
}

// A new leader may not know for a moment how far its followers are.
const ELECTION_MS = 10_000;

async function* refuseShort(
  batches: AsyncIterable<FetchedBatch>,
  { topic, partition, end }: Omit<PartitionRange, 'start'>,
  clock: Clock,
): AsyncGenerator<FetchedBatch> {
  let shortSinceMs: number | undefined;
  for await (const batch of batches) {
    const { highWatermark } = batch;
    const nowMs = clock.monotonicMs();
    shortSinceMs = highWatermark < end ? (shortSinceMs ?? nowMs) : undefined;
    if (shortSinceMs !== undefined && nowMs - shortSinceMs >= ELECTION_MS)
      throw lost(topic, partition, end, `ends at offset ${highWatermark}`);
    yield batch;
  }
}

const lost = (topic: string, partition: number, end: number, what: string) =>
  new ConnectorError(
    'TOPIC_LOST',
    `${topic}-${partition} ${what}, but the state says that records up to ${end} were committed to it`,
  );

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
