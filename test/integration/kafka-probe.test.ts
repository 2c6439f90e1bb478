import { expect, onTestFinished, test } from 'vitest';
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
      await tx.send(topic, 0, [{ key: null, value: Buffer.from('x'), timestampMs: Date.now() }]);
      await tx.commit();
    }
  };
  const asking = async () => {
    for (let asked = 0; asked < 150; asked++) await probe.tryWrite(topic, topic);
  };
  await Promise.all([committing(), asking().finally(end)]);
  expect(commits).toBeGreaterThan(10);
});
