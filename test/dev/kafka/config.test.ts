import { expect, test } from 'vitest';
import { brokerProperties, formatProperties } from '../../../dev/kafka/config.ts';

const three = [1, 2, 3].map((id) => ({ id, port: 1000 + id, controllerPort: 2000 + id }));

test('three brokers replicate everything three times and need two in sync', () => {
  expect(brokerProperties(2, three, '/data', {})).toMatchObject({
    'controller.quorum.voters': '1@127.0.0.1:2001,2@127.0.0.1:2002,3@127.0.0.1:2003',
    listeners: 'PLAINTEXT://127.0.0.1:1002,CONTROLLER://127.0.0.1:2002',
    'default.replication.factor': '3',
    'min.insync.replicas': '2',
    'offsets.topic.replication.factor': '3',
    'transaction.state.log.replication.factor': '3',
    'transaction.state.log.min.isr': '2',
  });
});

test('one broker is enough for itself', () => {
  expect(brokerProperties(1, three.slice(0, 1), '/data', {})).toMatchObject({
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
  });
});

test('overrides win', () => {
  expect(brokerProperties(1, three, '/data', { 'auto.create.topics.enable': 'true' })).toMatchObject({
    'auto.create.topics.enable': 'true',
  });
});

test('properties are written one a line', () => {
  expect(formatProperties({ a: '1', 'b.c': 'x,y' })).toBe('a=1\nb.c=x,y\n');
});
