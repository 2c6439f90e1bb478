/** Reading what a state claims to have been committed: exactly as far as it says, and not as far as a topic happens to be. */

import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { FetchedBatch, FetchStart, KafkaClient } from './client.ts';
import { untilItHangs, type WaitPorts } from './open-transaction.ts';
import { type ReadRecord, readBelow } from './read-to-end.ts';

/** A part of one partition: up to the offset `end`, exclusive. */
export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  readonly start: FetchStart;
  readonly end: number;
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
 * Every committed record of a range; waits until all of it can be read. Throws KAFKA_UNAVAILABLE where it gets no further for too long:
 * however long a range is, reading it is no reason to give up. Throws TOPIC_LOST where the partition ends before the range does.
 */
export async function* readUpTo(
  kafka: KafkaClient,
  range: PartitionRange,
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  if (range.end === 0) return;
  const batches = whileItMoves(batchesOf(kafka, range, signal), range, patience);
  yield* readClaimed(range, batches, patience.clock);
}

/**
 * The same for somebody who waits at a terminal, and is told for what. Throws KAFKA_TRANSACTION_HANGS where a transaction does not end,
 * and TOPIC_LOST.
 */
export async function* readUpToAloud(
  kafka: KafkaClient,
  range: PartitionRange,
  ports: WaitPorts,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const batches = untilItHangs(batchesOf(kafka, range, signal), `${range.topic}-${range.partition}`, ports);
  yield* readClaimed(range, batches, ports.clock);
}

const batchesOf = (kafka: KafkaClient, { topic, partition, start }: PartitionRange, signal: AbortSignal) =>
  kafka.fetchCommitted(topic, partition, start, signal);

const readClaimed = (range: PartitionRange, batches: AsyncIterable<FetchedBatch>, clock: Clock) =>
  readBelow(() => range.end, range.partition, unlessItIsShort(batches, range, clock));

async function* whileItMoves(
  batches: AsyncIterable<FetchedBatch>,
  { topic, partition, end }: PartitionRange,
  { clock, limitMs }: Patience,
): AsyncGenerator<FetchedBatch> {
  let reached: number | undefined;
  let movedMs = 0;
  for await (const batch of batches) {
    yield batch;
    const { nextOffset, highWatermark } = batch;
    const nowMs = clock.monotonicMs();
    if (nextOffset !== reached || highWatermark < end) [reached, movedMs] = [nextOffset, nowMs];
    if (nowMs - movedMs <= limitMs) continue;
    throw new ConnectorError(
      'KAFKA_UNAVAILABLE',
      `${topic}-${partition} could not be read beyond offset ${nextOffset} for ${limitMs / 1000} s, and is needed up to ${end}: is a transaction open there?`,
    );
  }
}

// A new leader does not know at once how far its followers are; one that is dead it waits for half a minute
// (replica.lag.time.max.ms).
const ELECTION_MS = 45_000;

async function* unlessItIsShort(
  batches: AsyncIterable<FetchedBatch>,
  { topic, partition, end }: PartitionRange,
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

export const lost = (topic: string, partition: number, end: number, what: string) =>
  new ConnectorError(
    'TOPIC_LOST',
    `${topic}-${partition} ${what}, but the state says that records up to ${end} were committed to it`,
  );
