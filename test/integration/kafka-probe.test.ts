import { expect, onTestFinished, test } from 'vitest';
import { startKafka } from '../../dev/kafka.ts';
import { rangeOf } from '../../src/byte-range.ts';
import { createTestClient } from '../support/topic.ts';
import { createTopic } from './scene.ts';

// Found by a check beside a connector: Kafka says CONCURRENT_TRANSACTIONS between a commit and its markers.
test('whoever commits under the same transactional id meanwhile makes no question fail, and is not fenced', async () => {
  const topic = 'probe-beside';
  await createTopic(topic, 1);
  const client = createTestClient();
  const probe = client.openProbe();
  const producer = await client.openProducer(topic);
  onTestFinished(async () => {
    await Promise.allSettled([probe.close(), producer.close()]);
    await client.close();
  });
  let commits = 0;
  let over = false;
  const end = () => {
    over = true;
  };
  const committing = async () => {
    for (; !over; commits++) {
      const tx = await producer.begin();
      await tx.send(topic, 0, [{ key: null, value: rangeOf(Buffer.from('x')), timestampMs: Date.now() }]);
      await tx.commit();
    }
  };
  const asking = async () => {
    for (let asked = 0; asked < 150; asked++) await probe.tryWrite(topic, topic);
  };
  await Promise.all([committing(), asking().finally(end)]);
  expect(commits).toBeGreaterThan(10);
});

// Found by reading: the question was repeated without end, and the 20 s of a check hid what the broker said.
test('where the brokers are too few for transactions and groups, that is said after ten seconds, and makes no other question fail', async () => {
  const settings = ['transaction.state.log.replication.factor', 'offsets.topic.replication.factor'];
  const overrides = Object.fromEntries(settings.map((name) => [name, '3']));
  const kafka = await startKafka({ brokers: 1, overrides });
  const client = createTestClient({ brokers: kafka.bootstrapServers });
  const probe = client.openProbe();
  onTestFinished(async () => {
    await probe.close();
    await client.close();
    await kafka.close();
  });
  const producer = await client.openProducer('few');
  const asked = [probe.tryTransactionalId('few', 'few'), producer.begin(), probe.tryGroup('few')];
  const answers = await Promise.allSettled(asked);
  const tooFew = (name?: string) => ({
    reason: expect.objectContaining({
      code: 'KAFKA_UNAVAILABLE',
      message: expect.stringContaining(`is ${name} larger than the number of brokers?`),
    }),
  });
  expect(answers).toMatchObject([tooFew(settings[0]), tooFew(settings[0]), tooFew(settings[1])]);
  expect(await probe.countBrokers()).toBe(1);
  await producer.close();
});
