import Cluster from 'kafkajs/src/cluster/index.js';
import { afterEach, expect, test, vi } from 'vitest';
import { whyNoCoordinator } from '../../src/kafka/kafkajs-coordinator.ts';
import { clusterOptions } from '../faults/follow-partition.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = () => new Promise<never>(() => {});
const ask = (clock: FakeClock) =>
  clock.runUntilSettled(whyNoCoordinator(clusterOptions('127.0.0.1:1'), 'id', clock));

afterEach(() => {
  vi.restoreAllMocks();
});

// Found by reading: kafkajs repeats for minutes what a broker that hangs does not answer.
test('why there is no coordinator is not asked for longer than ten seconds', { timeout: 2_000 }, async () => {
  vi.spyOn(Cluster.prototype, 'connect').mockImplementation(never);
  const clock = new FakeClock();
  expect(await ask(clock)).toMatchObject({ message: expect.stringContaining('no answer in 10 s') });
  expect(clock.monotonicMs()).toBe(10_000);
});

// Found by reading.
test('a connection that cannot be ended does not hide why there is no coordinator', async () => {
  const reason = new Error('not authorized');
  vi.spyOn(Cluster.prototype, 'connect').mockRejectedValue(reason);
  vi.spyOn(Cluster.prototype, 'disconnect').mockRejectedValue(new Error('socket'));
  expect(await ask(new FakeClock())).toBe(reason);
});
