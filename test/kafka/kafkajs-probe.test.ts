import kafkajs from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createKafkajsProbe } from '../../src/kafka/kafkajs-probe.ts';
import { clusterOptions } from '../faults/follow-partition.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = () => new Promise<never>(() => {});

// Found by reading: a check said of everything behind it "an earlier call was given up".
test('a question that a hanging broker leaves unanswered does not make the next one fail', async () => {
  vi.spyOn(Cluster.prototype, 'connect').mockResolvedValue();
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const admin = new kafkajs.Kafka({ brokers: ['127.0.0.1:1'] }).admin();
  const describeCluster = vi
    .spyOn(admin, 'describeCluster')
    .mockImplementationOnce(never)
    .mockResolvedValueOnce({ brokers: [], clusterId: '', controller: null });
  vi.spyOn(admin, 'connect').mockResolvedValue();
  const clock = new FakeClock();
  const probe = createKafkajsProbe(admin, clusterOptions('127.0.0.1:1'), clock);

  await expect(clock.runUntilSettled(probe.countBrokers())).rejects.toThrow(/no answer in 30 s/);

  expect(await probe.countBrokers()).toBe(0);
  expect(describeCluster).toHaveBeenCalledTimes(2);
  await probe.close();
});
