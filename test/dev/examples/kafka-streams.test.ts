import { expect, test } from 'vitest';
import { hasReadAll } from '../../../dev/examples/kafka-streams.ts';

/** What Kafka's tool prints of a group. */
const describe = (...partitions: [topic: string, committed: string, end: string][]) =>
  [
    '',
    'GROUP  TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID',
    ...partitions.map(
      ([topic, committed, end], partition) =>
        `bursts  ${topic}  ${partition}  ${committed}  ${end}  0  bursts-1-StreamThread-1-consumer  /127.0.0.1  bursts-1`,
    ),
  ].join('\n');

test('a group has read all where each partition is committed up to its end', () => {
  expect(hasReadAll(describe(['a', '7', '7'], ['b', '3', '3']), ['a', 'b'])).toBe(true);
  expect(hasReadAll(describe(['a', '7', '7'], ['b', '2', '3']), ['a', 'b'])).toBe(false);
  expect(hasReadAll(describe(['a', '7', '7'], ['b', '-', '3']), ['a', 'b'])).toBe(false);
});

test('a partition that never had a record needs no committed offset', () => {
  expect(hasReadAll(describe(['a', '7', '7'], ['a', '-', '0']), ['a'])).toBe(true);
});

test('a topic that the group does not read yet is not read', () => {
  expect(hasReadAll(describe(['a', '7', '7']), ['a', 'b'])).toBe(false);
  expect(hasReadAll('', ['a'])).toBe(false);
});
