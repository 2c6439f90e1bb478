import { describe, expect, test } from 'vitest';
import type { FetchedBatch, KafkaClient } from '../../src/kafka/client.ts';
import { readToEnd, readUpTo, readWritten } from '../../src/kafka/read-to-end.ts';
import { FakeClock } from '../support/fake-clock.ts';

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

describe('reading what a cursor claims', () => {
  const range = { topic: 'events', partition: 0, start: 'earliest', end: 100 } as const;
  const LIMIT_MS = 90_000;
  /** Each answer a second after the one before it, and one offset further, or where it stands still, none. */
  function aLongTopic({ stands, highWatermark }: { stands: boolean; highWatermark: number }) {
    const clock = new FakeClock();
    const fetchCommitted: KafkaClient['fetchCommitted'] = async function* (
      _topic,
      _partition,
      _from,
      signal,
    ) {
      for (let next = 0; ; ) {
        await clock.sleep(1_000, signal);
        if (!stands) next++;
        yield { records: [], nextOffset: next, lastStableOffset: next, highWatermark };
      }
    };
    const kafka = { fetchCommitted } as Partial<KafkaClient> as KafkaClient;
    const read = Array.fromAsync(readUpTo(kafka, range, { clock, limitMs: LIMIT_MS }, never));
    return { clock, read: clock.runUntilSettled(read) };
  }

  // A sweep that had to read for more than 90 s ended the session, and each one after it.
  test('takes as long as it takes, while it gets further', async () => {
    const { clock, read } = aLongTopic({ stands: false, highWatermark: 100 });
    expect(await read).toEqual([]);
    expect(clock.monotonicMs()).toBeGreaterThan(LIMIT_MS);
  });

  test('says which transaction to look for, where it stands still', async () => {
    const { read } = aLongTopic({ stands: true, highWatermark: 100 });
    await expect(read).rejects.toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      message:
        'events-0 could not be read beyond offset 0 for 90 s, and is needed up to 100: is a transaction open there?',
    });
  });

  // The ledger waited for ever, and a stream began session after session.
  test('says that the topic is not the one that it was, where it ends too early', async () => {
    const { read } = aLongTopic({ stands: true, highWatermark: 7 });
    await expect(read).rejects.toMatchObject({
      code: 'TOPIC_LOST',
      message: 'events-0 ends at offset 7, and the state says that it was written up to 100',
    });
  });
});
