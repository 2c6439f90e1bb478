import { expect, test } from 'vitest';
import { createTopicWith } from '../../src/kafka/kafkajs-topics.ts';
import { FakeClock } from '../support/fake-clock.ts';

const UNKNOWN = Object.assign(new Error('This server does not host this topic-partition'), {
  type: 'UNKNOWN_TOPIC_OR_PARTITION',
});
const TOPIC = { name: 'new', partitions: 1, replicationFactor: 1, settings: {} };
const { signal } = new AbortController();

/** Of a broker that hears of the topic after so many questions. */
function adminOf(questionsBefore: number) {
  let questions = 0;
  const partitions = [{ partitionId: 0, leader: 1, replicas: [1], isr: [1], partitionErrorCode: 0 }];
  return {
    createTopics: async (): Promise<boolean> => {
      throw UNKNOWN;
    },
    fetchTopicMetadata: async () => {
      if (++questions <= questionsBefore) throw UNKNOWN;
      return { topics: [{ name: TOPIC.name, partitions }] };
    },
  };
}

test('a topic that a broker has not heard of yet is waited for', async () => {
  const clock = new FakeClock();
  const creating = createTopicWith(adminOf(3), TOPIC, clock, signal);
  await clock.runUntilSettled(creating);
  await expect(creating).resolves.toBeUndefined();
  expect(clock.monotonicMs()).toBe(300);
});

test('one that no broker hears of is given up after ten seconds, with what kafkajs said', async () => {
  const clock = new FakeClock();
  const creating = createTopicWith(adminOf(Number.POSITIVE_INFINITY), TOPIC, clock, signal);
  await expect(clock.runUntilSettled(creating)).rejects.toBe(UNKNOWN);
  expect(clock.monotonicMs()).toBe(10_000);
});

test('one that somebody else has just created is waited for as well', async () => {
  const clock = new FakeClock();
  const admin = { ...adminOf(2), createTopics: async () => false };
  const creating = createTopicWith(admin, TOPIC, clock, signal);
  await clock.runUntilSettled(creating);
  expect(clock.monotonicMs()).toBe(200);
});

test('one that kafkajs has created and waited for is not looked for', async () => {
  const clock = new FakeClock();
  const admin = { ...adminOf(Number.POSITIVE_INFINITY), createTopics: async () => true };
  await expect(createTopicWith(admin, TOPIC, clock, signal)).resolves.toBeUndefined();
});

test('what kafkajs says otherwise is thrown at once', async () => {
  const refused = new Error('policy');
  const admin = {
    ...adminOf(0),
    createTopics: async () => {
      throw refused;
    },
  };
  await expect(createTopicWith(admin, TOPIC, new FakeClock(), signal)).rejects.toBe(refused);
});
