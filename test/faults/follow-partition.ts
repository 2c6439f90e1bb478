/** Reading a partition while it is being written, with who wrote each record: the product's own reader does not tell. */

import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import Cluster, { type FetchedMessage } from 'kafkajs/src/cluster/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import { committedRecords } from '../../src/kafka/committed-records.ts';
import { silenceLimitedSockets } from '../../src/kafka/kafkajs-sockets.ts';

export interface FollowedRecord {
  readonly offset: number;
  readonly key: string;
  readonly value: Buffer | null;
  /** Producer id and epoch of its batch: who wrote it. */
  readonly writer: string;
}

export interface FollowedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Called for each committed record, in the order of the offsets, once. */
  readonly onRecord: (record: FollowedRecord) => void;
  /** Called with the offset up to which everything was read. */
  readonly onProgress: (nextOffset: number) => void;
}

const READ_COMMITTED = 1;
const RETRY_AFTER_MS = 200;
// A fetch waits for much or for half a second, so that a reader of many small transactions takes little of the machine.
const FETCH = { maxWaitTime: 500, minBytes: 256 * 1024, maxBytes: 8 * 1024 * 1024 };

/**
 * From the first record on, until `signal` aborts. Where the topic or its leader is missing it tries again, from where it was.
 * Throws what `onRecord` throws.
 */
export async function followPartition(
  brokers: string,
  { topic, partition, onRecord, onProgress }: FollowedPartition,
  signal: AbortSignal,
): Promise<void> {
  for await (const { records, nextOffset } of batchesOf(brokers, topic, partition, signal)) {
    for (const record of records) onRecord(record);
    onProgress(nextOffset);
  }
}

async function* batchesOf(brokers: string, topic: string, partition: number, signal: AbortSignal) {
  for (let next = 0; !signal.aborted; ) {
    const cluster = new Cluster(clusterOptions(brokers));
    try {
      await cluster.connect();
      await cluster.addTargetTopic(topic);
      while (!signal.aborted) {
        const batch = await fetchFrom(cluster, topic, partition, next);
        next = batch.nextOffset;
        yield batch;
      }
    } catch {
      await sleep(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);
    } finally {
      await cluster.disconnect().catch(() => undefined);
    }
  }
}

async function fetchFrom(cluster: Cluster, topic: string, partition: number, fetchOffset: number) {
  const [leader = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = await cluster.findBroker({ nodeId: leader });
  const { responses } = await broker.fetch({
    replicaId: -1,
    isolationLevel: READ_COMMITTED,
    ...FETCH,
    topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes: FETCH.maxBytes }] }],
  });
  const fetched = responses[0]?.partitions[0];
  if (fetched === undefined) throw new Error(`no answer for ${topic}-${partition}`);
  const writers = new Map(fetched.messages.map((message) => [Number(message.offset), writerOf(message)]));
  const { records, nextOffset } = committedRecords(fetched, fetchOffset);
  return {
    nextOffset,
    records: records.map(
      ({ offset, key, value }): FollowedRecord => ({
        offset,
        key: String(key),
        value,
        writer: writers.get(offset) ?? '',
      }),
    ),
  };
}

/** The product's types of kafkajs do not have the epoch, which it does not use. */
function writerOf({ batchContext }: FetchedMessage): string {
  if (!('producerEpoch' in batchContext)) throw new Error('kafkajs does not tell the epoch of a producer');
  return `${batchContext.producerId}/${batchContext.producerEpoch}`;
}

export const clusterOptions = (brokers: string) => ({
  brokers: brokers.split(','),
  clientId: 'concurrent-reader',
  connectionTimeout: 2_000,
  requestTimeout: 5_000,
  enforceRequestTimeout: true,
  socketFactory: silenceLimitedSockets(4_000),
  logger: createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: () => () => undefined }),
  metadataMaxAge: 300_000,
  allowAutoTopicCreation: false,
  isolationLevel: READ_COMMITTED,
  retry: { retries: 0 },
});
