import { describe, expect, test } from 'vitest';
import type { FetchedBatch, KafkaClient } from '../../src/kafka/client.ts';
import { readToEnd, readWritten } from '../../src/kafka/read-to-end.ts';

const never = new AbortController().signal;
const record = (offset: number) => ({ offset, key: null, value: null, timestampMs: 0, headers: {} });

/** One partition: a transaction is open at offset 1, and behind it, up to offset 4, others have committed. */
const PINNED: readonly FetchedBatch[] = [
  { records: [record(0)], nextOffset: 1, lastStableOffset: 1, highWatermark: 4 },
  { records: [], nextOffset: 1, lastStableOffset: 1, highWatermark: 5 },
  { records: [record(2), record(4)], nextOffset: 5, lastStableOffset: 6, highWatermark: 6 },
];
const topicOf = (batches: readonly FetchedBatch[]) =>
  ({
    describeTopic: async () => ({ partitions: 1, replicationFactor: 1, settings: new Map() }),
    async *fetchCommitted() {
      yield* batches;
      throw new Error('it read on');
    },
  }) as Partial<KafkaClient> as KafkaClient;

const offsets = async (records: AsyncIterable<{ offset: number }>) =>
  (await Array.fromAsync(records)).map(({ offset }) => offset);

describe('reading a topic to its end', () => {
  test('ends at the last stable offset of the first fetch', async () => {
    expect(await offsets(readToEnd(topicOf(PINNED), 'events', never))).toEqual([0]);
  });

  // verify called what was committed behind an open transaction missing.
  test('or waits for what is open, and ends at the high watermark of the first fetch', async () => {
    expect(await offsets(readWritten(topicOf(PINNED), 'events', never))).toEqual([0, 2]);
  });

  test('a topic that does not exist has no records', async () => {
    const nowhere = { describeTopic: async () => undefined } as Partial<KafkaClient> as KafkaClient;
    expect(await offsets(readToEnd(nowhere, 'events', never))).toEqual([]);
    expect(await offsets(readWritten(nowhere, 'events', never))).toEqual([]);
  });
});
