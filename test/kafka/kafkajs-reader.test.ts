import Cluster from 'kafkajs/src/cluster/index.js';
import { afterEach, expect, test, vi } from 'vitest';
import { CommittedReader } from '../../src/kafka/kafkajs-reader.ts';
import { clusterOptions } from '../faults/follow-partition.ts';
import { FakeClock } from '../support/fake-clock.ts';

const EMPTY = {
  partition: 0,
  highWatermark: '0',
  lastStableOffset: '0',
  abortedTransactions: null,
  messages: [],
};
const ANSWER = { clientSideThrottleTime: 0, responses: [{ topicName: 't', partitions: [EMPTY] }] };
const THROTTLED = { clientSideThrottleTime: 8_000, responses: [] };

/** Reads the first batch from a broker that gives these answers, one after the other. */
function firstBatch(answers: (typeof ANSWER | typeof THROTTLED)[]) {
  const prototype = Cluster.prototype;
  const fetch = vi.fn(async () => answers.shift());
  vi.spyOn(prototype, 'connect').mockResolvedValue();
  vi.spyOn(prototype, 'addTargetTopic').mockResolvedValue();
  const refreshed = vi.spyOn(prototype, 'refreshMetadata').mockResolvedValue();
  vi.spyOn(prototype, 'findLeaderForPartitions').mockReturnValue({ '1': [0] });
  vi.spyOn(prototype, 'findBroker').mockResolvedValue({ fetch } as never);
  const clock = new FakeClock();
  const stop = new AbortController();
  const reader = new CommittedReader(clusterOptions('127.0.0.1:1'), clock, () => 0.5);
  const first = reader.read('t', 0, 0, stop.signal).next();
  return { clock, stop, first, fetch, refreshed };
}

afterEach(() => {
  vi.restoreAllMocks();
});

// Found by reading: it was taken for a broker that does not answer, given up after 20 s.
test('a broker that throttles the reader is left alone for as long as it says, however often, and is no silent one', async () => {
  const { clock, first, fetch, refreshed } = firstBatch([THROTTLED, THROTTLED, THROTTLED, THROTTLED, ANSWER]);
  expect(await clock.runUntilSettled(first)).toMatchObject({ value: { records: [], nextOffset: 0 } });
  expect(clock.monotonicMs()).toBe(32_000);
  expect(fetch).toHaveBeenCalledTimes(5);
  expect(refreshed).toHaveBeenCalledTimes(1);
});

test('a reader that is throttled stops at once', async () => {
  const { clock, stop, first } = firstBatch([THROTTLED]);
  await clock.advance(1_000);
  stop.abort(new Error('stopped'));
  await expect(first).rejects.toThrow('stopped');
  expect(clock.sleepers).toBe(0);
});
