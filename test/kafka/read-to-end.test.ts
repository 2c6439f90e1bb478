import { describe, expect, test } from 'vitest';
import type { FetchedBatch, KafkaClient } from '../../src/kafka/client.ts';
import { readToEnd, readWritten } from '../../src/kafka/read-to-end.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = new AbortController().signal;
const SILENT = { clock: new FakeClock(), onWait: () => undefined };
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
    expect(await offsets(readWritten(topicOf(PINNED), 'events', SILENT, never))).toEqual([0, 2]);
  });

  test('a topic that does not exist has no records', async () => {
    const nowhere = { describeTopic: async () => undefined } as Partial<KafkaClient> as KafkaClient;
    expect(await offsets(readToEnd(nowhere, 'events', never))).toEqual([]);
    expect(await offsets(readWritten(nowhere, 'events', SILENT, never))).toEqual([]);
  });
});

describe('a transaction that stays open', () => {
  const OPEN: FetchedBatch = { records: [], nextOffset: 17, lastStableOffset: 17, highWatermark: 30 };

  /** Reads a partition whose answers `answerAt` gives, one each half second. */
  function reading(answerAt: (nowMs: number) => FetchedBatch) {
    const clock = new FakeClock();
    const said: [number, string][] = [];
    const onWait = (what: string) => said.push([clock.monotonicMs(), what]);
    const kafka = {
      ...topicOf([]),
      async *fetchCommitted(_topic: string, _partition: number, _from: unknown, signal: AbortSignal) {
        for (let answers = 0; answers < 10_000; answers++) {
          yield answerAt(clock.monotonicMs());
          await clock.sleep(500, signal);
        }
        throw new Error('it waits without end');
      },
    } as KafkaClient;
    const done = clock.runUntilSettled(offsets(readWritten(kafka, 'events', { clock, onWait }, never)));
    return { clock, said, done };
  }

  // It waited for ever, and said nothing.
  test('for longer than Kafka lets any be hangs, and is named', async () => {
    const { clock, done } = reading(() => OPEN);
    await expect(done).rejects.toMatchObject({
      code: 'KAFKA_TRANSACTION_HANGS',
      message: expect.stringMatching(/open in events-0 from offset 17 on has not ended in 16 minutes/),
    });
    expect(clock.monotonicMs()).toBe(16 * 60_000);
  });

  test('is said after 3 seconds', async () => {
    const { said, done } = reading((nowMs) =>
      nowMs < 4_000 ? OPEN : { ...OPEN, nextOffset: 30, lastStableOffset: 30 },
    );
    await done;
    const what = 'waiting for the transaction that is open in events-0 from offset 17 on';
    expect(said).toEqual([
      [3_000, what],
      [3_500, what],
    ]);
  });

  test('is not taken for one of others that follow each other, however long they do', async () => {
    const { clock, done } = reading((nowMs) => {
      const offset = Math.min(30, 17 + 5 * Math.floor(nowMs / (15 * 60_000)));
      return { ...OPEN, nextOffset: offset, lastStableOffset: offset };
    });
    expect(await done).toEqual([]);
    expect(clock.monotonicMs()).toBe(3 * 15 * 60_000);
  });
});
