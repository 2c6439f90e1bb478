import { expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { kafkaError, outcomeError } from '../../src/kafka/kafkajs-errors.ts';
import { topicAcl, transactionalAcl } from '../../src/kafka/needed-acls.ts';

const kafkajsError = (type: string, cause?: Error) =>
  Object.assign(new Error(`broker said ${type}`, { cause }), { type });

test.each([
  ['INVALID_PRODUCER_EPOCH', 'KAFKA_FENCED'],
  ['INVALID_TIMESTAMP', 'KAFKA_RECORD_REFUSED'],
  ['MESSAGE_TOO_LARGE', 'KAFKA_RECORD_REFUSED'],
  ['TOPIC_AUTHORIZATION_FAILED', 'KAFKA_UNAUTHORIZED'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'KAFKA_UNAUTHORIZED'],
  ['SASL_AUTHENTICATION_FAILED', 'KAFKA_LOGIN_REFUSED'],
  ['UNSUPPORTED_SASL_MECHANISM', 'KAFKA_LOGIN_REFUSED'],
  ['ILLEGAL_SASL_STATE', 'KAFKA_LOGIN_REFUSED'],
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

const needed = { ...topicAcl('Write', 'events'), ...transactionalAcl('me-1') };

test.each([
  ['TOPIC_AUTHORIZATION_FAILED', ': the ACL that is missing: Write on the topic events'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', ': the ACL that is missing: Write on the transactional id me-1'],
  ['CLUSTER_AUTHORIZATION_FAILED', ''],
  ['NOT_COORDINATOR', ''],
])('%s names the ACL that is missing, where it is known', (type, hint) => {
  const message = `sending: broker said ${type}${hint}`;
  expect(kafkaError(kafkajsError(type), 'sending', needed).message).toBe(message);
});

const connectionError = (message: string, code?: string) =>
  Object.assign(new Error(`Connection error: ${message}`), { name: 'KafkaJSConnectionError', code });

test.each([
  ['self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN', /into KAFKA_TLS_CA_FILE$/],
  ['unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /into KAFKA_TLS_CA_FILE$/],
  ['certificate has expired', 'CERT_HAS_EXPIRED', /have it renewed$/],
  ['Host: kafka. is not in the cert', 'ERR_TLS_CERT_ALTNAME_INVALID', /another host name/],
  ['alert number 116', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /refuses the client certificate/],
  ['alert unknown ca', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /refuses the client certificate/],
  ['wrong version number', 'ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
  [
    'Client network socket disconnected before secure TLS connection was established',
    'ECONNRESET',
    /does not speak TLS/,
  ],
  ['no shared cipher', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', /the TLS handshake failed$/],
])('“%s” is KAFKA_TLS_FAILED, with what to do', (message, code, hint) => {
  const error = kafkaError(new Error('gave up', { cause: connectionError(message, code) }), 'connecting');
  expect(error).toMatchObject({ code: 'KAFKA_TLS_FAILED', message: expect.stringMatching(hint) });
});

test.each([
  ['connect ECONNREFUSED 127.0.0.1:9092', 'ECONNREFUSED'],
  ['read ECONNRESET', 'ECONNRESET'],
  ['getaddrinfo ENOTFOUND kafka', 'ENOTFOUND'],
])('“%s” is not about TLS', (message, code) => {
  expect(kafkaError(connectionError(message, code), 'connecting').code).toBe('KAFKA_UNAVAILABLE');
});

test('an error of ours that went through kafkajs is what it was', () => {
  const ours = new ConnectorError('KAFKA_LOGIN_CHANGED', 'login of me: refused');
  expect(kafkaError(ours, 'sending')).toBe(ours);
  expect(kafkaError(new Error('gave up', { cause: ours }), 'sending')).toMatchObject({
    code: 'KAFKA_LOGIN_CHANGED',
    message: 'sending: login of me: refused',
  });
});
