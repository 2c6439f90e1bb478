import Cluster, { type ClusterOptions, type FetchedPartition } from 'kafkajs/src/cluster/index.js';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { FetchedBatch, FetchStart } from './client.ts';
import { committedRecords, isInVain } from './committed-records.ts';
import { LimitedCalls } from './kafkajs-calls.ts';
import { isType, kafkaError } from './kafkajs-errors.ts';
import { topicAcl } from './needed-acls.ts';

export const READ_COMMITTED = 1;
const MAX_FETCH_BYTES = 8 * 1024 * 1024;
const MAX_WAIT_MS = 500;
const RETRY = { baseMs: 50, capMs: 1_000 };
// Since the last answer. An election takes a few seconds, a request to a broker that hangs 15: what lasts longer is a new session's
// business.
const GIVE_UP_MS = 20_000;

/** Reads partitions by themselves, without a consumer group. */
export class CommittedReader {
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(options: ClusterOptions, clock: Clock, random: () => number) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  async *read(
    topic: string,
    partition: number,
    from: FetchStart,
    signal: AbortSignal,
  ): AsyncGenerator<FetchedBatch> {
    const cluster = new Cluster(this.#options);
    const calls = new LimitedCalls(this.#clock);
    let next: FetchStart = from;
    let connected = false;
    try {
      let answeredMs = this.#clock.monotonicMs();
      // The first answer says what is there, at once: many readers go no further, and where nothing is, each would wait to learn it.
      let maxWaitMs = 0;
      for (let failures = 0; ; ) {
        signal.throwIfAborted();
        try {
          if (!connected) await calls.within(() => connect(cluster, topic));
          connected = true;
          const offset = await calls.within(() => offsetOf(cluster, topic, partition, next));
          next = offset;
          const fetched = await calls.within(() => fetchSurely(cluster, topic, partition, offset, maxWaitMs));
          failures = 0;
          if ('throttledMs' in fetched) {
            await this.#clock.sleep(fetched.throttledMs, signal);
            answeredMs = this.#clock.monotonicMs();
            continue;
          }
          const batch = committedRecords(fetched, offset);
          maxWaitMs = MAX_WAIT_MS;
          next = batch.nextOffset;
          yield batch;
          answeredMs = this.#clock.monotonicMs();
        } catch (thrown) {
          signal.throwIfAborted();
          // What we had not read yet is deleted: the reader sees what is left, as any consumer would.
          if (isType(thrown, 'OFFSET_OUT_OF_RANGE')) next = 'earliest';
          const error = kafkaError(thrown, `reading ${topic}-${partition}`, topicAcl('Read', topic));
          const silentMs = this.#clock.monotonicMs() - answeredMs;
          if (error.code !== 'KAFKA_UNAVAILABLE' || silentMs > GIVE_UP_MS) throw error;
          failures++;
          await this.#clock.sleep(backoffMs(failures, this.#random, RETRY), signal);
          // The leader may have moved, or the connection be half-open: both are looked at anew.
          connected = false;
        }
      }
    } finally {
      await calls.end(() => cluster.disconnect());
    }
  }
}

async function connect(cluster: Cluster, topic: string): Promise<void> {
  await cluster.connect();
  await cluster.addTargetTopic(topic);
  await cluster.refreshMetadata();
}

async function offsetOf(
  cluster: Cluster,
  topic: string,
  partition: number,
  start: FetchStart,
): Promise<number> {
  if (typeof start === 'number') return start;
  if (start === 'earliest') return lookUp(cluster, topic, partition, { fromBeginning: true });
  // The end is asked for first: what becomes readable between the two look-ups then lies behind it, and is read.
  const endOffset = await lookUp(cluster, topic, partition, { fromBeginning: false });
  const offset = await lookUp(cluster, topic, partition, { fromTimestamp: start.timestampMs });
  return offset < 0 ? endOffset : offset;
}

async function lookUp(
  cluster: Cluster,
  topic: string,
  partition: number,
  where: { fromBeginning: boolean } | { fromTimestamp: number },
): Promise<number> {
  const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], ...where }]);
  const offset = answer?.partitions.find((each) => each.partition === partition)?.offset;
  if (offset === undefined) throw noLeader(topic, partition);
  return Number(offset);
}

/** A quota is used up: the broker answers, with nothing. */
interface Throttled {
  readonly throttledMs: number;
}

/** What was asked for in vain is asked for once more, with time. */
async function fetchSurely(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
  maxWaitMs: number,
): Promise<FetchedPartition | Throttled> {
  const fetched = await fetch(cluster, topic, partition, offset, maxWaitMs);
  if ('throttledMs' in fetched || !isInVain(fetched, offset)) return fetched;
  return fetch(cluster, topic, partition, offset, MAX_WAIT_MS);
}

async function fetch(
  cluster: Cluster,
  topic: string,
  partition: number,
  fetchOffset: number,
  maxWaitTime: number,
): Promise<FetchedPartition | Throttled> {
  const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (leader === undefined) throw noLeader(topic, partition);
  const broker = await cluster.findBroker({ nodeId: leader });
  const { responses, clientSideThrottleTime: throttledMs = 0 } = await broker.fetch({
    replicaId: -1,
    isolationLevel: READ_COMMITTED,
    maxWaitTime,
    minBytes: 1,
    maxBytes: MAX_FETCH_BYTES,
    topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes: MAX_FETCH_BYTES }] }],
  });
  if (responses.length === 0 && throttledMs > 0) return { throttledMs };
  const fetched = responses
    .find(({ topicName }) => topicName === topic)
    ?.partitions.find((each) => each.partition === partition);
  if (fetched === undefined) throw noLeader(topic, partition);
  return fetched;
}

const noLeader = (topic: string, partition: number) =>
  new ConnectorError('KAFKA_UNAVAILABLE', `no broker answers for ${topic}-${partition}`);
