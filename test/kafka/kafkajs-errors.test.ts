import { expect, test } from 'vitest';
import { kafkaError, outcomeError } from '../../src/kafka/kafkajs-errors.ts';

const kafkajsError = (type: string, cause?: Error) =>
  Object.assign(new Error(`broker said ${type}`, { cause }), { type });

test.each([
  ['INVALID_PRODUCER_EPOCH', 'KAFKA_FENCED'],
  ['INVALID_TIMESTAMP', 'KAFKA_RECORD_REFUSED'],
  ['MESSAGE_TOO_LARGE', 'KAFKA_RECORD_REFUSED'],
  ['TOPIC_AUTHORIZATION_FAILED', 'KAFKA_UNAUTHORIZED'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'KAFKA_UNAUTHORIZED'],
  ['INVALID_REPLICATION_FACTOR', 'KAFKA_SETTINGS_REFUSED'],
  ['INVALID_TRANSACTION_TIMEOUT', 'KAFKA_SETTINGS_REFUSED'],
  ['NOT_ENOUGH_REPLICAS', 'KAFKA_UNAVAILABLE'],
  ['LEADER_NOT_AVAILABLE', 'KAFKA_UNAVAILABLE'],
])('%s is %s, also where kafkajs has wrapped it', (type, code) => {
  expect(kafkaError(kafkajsError(type), 'sending').code).toBe(code);
  expect(kafkaError(new Error('gave up', { cause: kafkajsError(type) }), 'sending').code).toBe(code);
});

test('whatever a failed commit says but for fencing, its outcome is unknown', () => {
  expect(outcomeError(kafkajsError('NOT_COORDINATOR'), 'committing').code).toBe('KAFKA_OUTCOME_UNKNOWN');
  expect(outcomeError(kafkajsError('INVALID_TIMESTAMP'), 'committing').code).toBe('KAFKA_OUTCOME_UNKNOWN');
  expect(outcomeError(kafkajsError('INVALID_PRODUCER_EPOCH'), 'committing').code).toBe('KAFKA_FENCED');
});

// kafkajs's own message for several topics is 'Topic creation errors', and nothing else.
test('an error for several topics is what its parts are, and says what they say', () => {
  const aggregate = Object.assign(new Error('Topic creation errors'), {
    errors: [kafkajsError('INVALID_REPLICATION_FACTOR')],
  });
  const error = kafkaError(aggregate, 'creating the topic t');
  expect(error.code).toBe('KAFKA_SETTINGS_REFUSED');
  expect(error.message).toBe(
    'creating the topic t: Topic creation errors: broker said INVALID_REPLICATION_FACTOR',
  );
});
