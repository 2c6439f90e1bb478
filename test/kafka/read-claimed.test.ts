import { describe, expect, test } from 'vitest';
import type { KafkaClient } from '../../src/kafka/client.ts';
import { readUpTo } from '../../src/kafka/read-claimed.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = new AbortController().signal;

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

  // A stream began session after session.
  test('says that the topic is not the one that it was, where it ends too early', async () => {
    const { read } = aLongTopic({ stands: true, highWatermark: 7 });
    await expect(read).rejects.toMatchObject({
      code: 'TOPIC_LOST',
      message: 'events-0 ends at offset 7, but the state says that records up to 100 were committed to it',
    });
  });
});
