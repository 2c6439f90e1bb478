import { describe, expect, test } from 'vitest';
import type { KafkaClient, TopicDescription } from '../../src/kafka/client.ts';
import {
  deadLettersRequirement,
  ensureTopic,
  eventsRequirement,
  stateRequirement,
} from '../../src/kafka/topics.ts';

const options = {
  eventsTopic: 'e',
  stateTopic: 's',
  eventsPartitions: 6,
  statePartitions: 12,
  replicationFactor: -1,
  eventsRetentionMs: -1,
  allowShortRetention: false,
};
const NO_LIMIT = '9223372036854775807';
const NO_LIMIT_BEFORE = { 'message.timestamp.before.max.ms': NO_LIMIT };
const topic = (settings: Record<string, string>): TopicDescription => ({
  partitions: 1,
  replicationFactor: 1,
  settings: new Map(Object.entries(settings)),
});

describe('the events topic', () => {
  test('is created without a time limit: records carry the time of their event', () => {
    expect(eventsRequirement(options).create).toMatchObject({
      name: 'e',
      partitions: 6,
      settings: { 'retention.ms': '-1', 'cleanup.policy': 'delete' },
    });
  });

  // The first run put every older event to the dead letters, and the next start refused the topic that it had made.
  test.each(['message.timestamp.before.max.ms', 'message.timestamp.difference.max.ms'])(
    'fits as it is created, where the brokers themselves have %s of a week',
    (setting) => {
      const { create, findings } = eventsRequirement(options);
      const byDefault = { ...NO_LIMIT_BEFORE, [setting]: '604800000', 'retention.bytes': '1000' };
      expect(findings(topic({ ...byDefault, ...create.settings }))).toEqual([]);
    },
  );

  test('is created to refuse what is dated far ahead: behind it, each sweep would read the whole topic', () => {
    expect(eventsRequirement(options).create.settings['message.timestamp.after.max.ms']).toBe('3600000');
  });

  test.each([
    ['7 days of retention', { 'retention.ms': '604800000' }, 'retention.ms is 604800000'],
    ['a limit of size', { 'retention.bytes': '1000' }, 'retention.bytes is 1000'],
    [
      'a limit of time beside compaction',
      { 'cleanup.policy': 'compact,delete', 'retention.ms': '1' },
      'retention.ms is 1',
    ],
    ['the time of appending', { 'message.timestamp.type': 'LogAppendTime' }, 'message.timestamp.type'],
    [
      'old events refused',
      { 'message.timestamp.before.max.ms': '3600000' },
      'message.timestamp.before.max.ms',
    ],
    // Found by reading: Kafka 3.6 to 3.9 obeys it where the newer setting has its default.
    [
      'old events refused by the deprecated setting',
      { ...NO_LIMIT_BEFORE, 'message.timestamp.difference.max.ms': '604800000' },
      'message.timestamp.difference.max.ms is 604800000',
    ],
  ])('with %s does not fit, and the message says what to set', (_what, settings, message) => {
    expect(eventsRequirement(options).findings(topic(settings)).join()).toContain(message);
  });

  // The session that created it filled it, and only the next one refused it.
  test('that does not fit is refused also by whom has just created it', async () => {
    let created: TopicDescription | undefined;
    const kafka = {
      describeTopic: async () => created,
      createTopic: async ({ settings }) => {
        created = topic(settings);
      },
    } as Partial<KafkaClient> as KafkaClient;
    const monthly = eventsRequirement({ ...options, eventsRetentionMs: 30 * 86_400_000 });
    await expect(ensureTopic(kafka, monthly)).rejects.toMatchObject({
      code: 'TOPIC_UNFIT',
      message: expect.stringContaining('retention.ms is 2592000000'),
    });
  });

  test.each([
    ['90 days', { 'retention.ms': '7776000000' }],
    ['no limit', { 'retention.ms': '-1', 'retention.bytes': '-1', 'message.timestamp.type': 'CreateTime' }],
    [
      'a limit of the deprecated setting that the newer one overrules',
      {
        'message.timestamp.before.max.ms': '8640000000',
        'message.timestamp.difference.max.ms': '604800000',
      },
    ],
    ['no limit of any of the two', { ...NO_LIMIT_BEFORE, 'message.timestamp.difference.max.ms': NO_LIMIT }],
    ['compaction alone, whose keys are unique', { 'cleanup.policy': 'compact', 'retention.ms': '1' }],
  ])('with %s fits', (_what, settings) => {
    expect(eventsRequirement(options).findings(topic(settings))).toEqual([]);
  });

  test('with a short retention fits where that is allowed explicitly', () => {
    expect(
      eventsRequirement({ ...options, allowShortRetention: true }).findings(topic({ 'retention.ms': '1' })),
    ).toEqual([]);
  });
});

test.each([
  ['state', stateRequirement],
  ['dead letters', deadLettersRequirement],
])('the %s topic takes the time of this machine, however wrong its clock is', (_what, requirement) => {
  expect(requirement(options).create.settings['message.timestamp.after.max.ms']).toBe(NO_LIMIT);
});

describe('the state topic', () => {
  test('is created compacted', () => {
    expect(stateRequirement(options).create).toMatchObject({
      name: 's',
      partitions: 12,
      settings: { 'cleanup.policy': 'compact' },
    });
  });

  test.each(['delete', 'compact,delete'])(
    'with cleanup.policy=%s does not fit: Kafka would delete cursors',
    (policy) => {
      expect(
        stateRequirement(options)
          .findings(topic({ 'cleanup.policy': policy }))
          .join(),
      ).toContain('set cleanup.policy=compact');
    },
  );
});

describe('the dead letters topic', () => {
  const { create, findings } = deadLettersRequirement(options);

  test('takes whole events, with and without a key', () => {
    expect(create).toMatchObject({ name: 'e.dead-letters', settings: { 'max.message.bytes': '67108864' } });
    expect(findings(topic({ 'cleanup.policy': 'compact' }))).toHaveLength(1);
  });

  test.each([
    ['7 days of retention', { 'retention.ms': '604800000' }, 'retention.ms is 604800000'],
    ['a limit of size', { 'retention.bytes': '1000' }, 'retention.bytes is 1000'],
  ])('with %s does not fit: it has the only copy of its events', (_what, settings, message) => {
    expect(findings(topic(settings)).join()).toContain(message);
  });

  test('fits as it is created, whatever the brokers have by default', () => {
    const byDefault = { 'retention.ms': '604800000', 'retention.bytes': '1000' };
    expect(findings(topic({ ...byDefault, ...create.settings }))).toEqual([]);
  });

  test('with a short retention fits where that is allowed explicitly', () => {
    const { findings } = deadLettersRequirement({ ...options, allowShortRetention: true });
    expect(findings(topic({ 'retention.ms': '1', 'retention.bytes': '1' }))).toEqual([]);
  });
});
