import { expect, test } from 'vitest';
import { loadWith, problemsWith } from './environment.ts';

test.each([
  ['ASANA_EVENT_TYPES', ': did you mean ASANA_EVENT_TYPE?'],
  ['ASANA_ACTORGID', ': did you mean ASANA_ACTOR_GID?'],
  ['ASANA_TOKENFILE', ': did you mean ASANA_TOKEN_FILE?'],
  ['asana_event_type', ': did you mean ASANA_EVENT_TYPE?'],
  ['ASANA_EVENT', ''],
  ['FIELDS_DROPS', ': did you mean FIELDS_DROP?'],
  ['FIELDS_ENCRYPT', ''],
])(
  '%s is refused: a misspelt filter would silently read everything, a misspelt FIELDS_DROP hide nothing',
  (name, question) => {
    expect(problemsWith({ [name]: 'x' })).toEqual([`${name} is not a variable of the connector${question}`]);
  },
);

test.each([
  ['KAFKA_BROKER', 'KAFKA_BROKERS'],
  ['POLL_INTERVALL', 'POLL_INTERVAL'],
])('%s may be another program’s: it is warned about, and %s proposed', (name, meant) => {
  expect(loadWith({ [name]: 'x' }).warnings).toEqual([
    `${name} is not a variable of the connector: did you mean ${meant}?`,
  ]);
});

test.each(['KAFKA_SSL_CA_LOCATION', 'KAFKA_SASL_JAAS_CONFIG', 'SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO'])(
  '%s may be meant to secure the connector: it is warned about',
  (name) => {
    expect(loadWith({ [name]: 'x' }).warnings).toEqual([`${name} is not a variable of the connector`]);
  },
);

test.each([
  'SCHEMA_REGISTRY_SERVICE_HOST',
  'SCHEMA_REGISTRY_PORT_8081_TCP_ADDR',
  'KAFKA_TLS_PORT',
  'LOG_FILE',
  'START',
  'END',
  'KAFKA_OPTS',
  'A',
  'ASANA_AUDIT_KAFKA_SERVICE_HOST',
  'ASANA_SIM_PORT',
  'ASANA_SIM_PORT_8079_TCP_ADDR',
])('%s is somebody else’s', (name) => {
  expect(loadWith({ [name]: 'x' }).warnings).toEqual([]);
});

test.each([
  [
    { ASANA_ACTOR_TYPE: 'user', ASANA_ACTOR_GID: '1' },
    'ASANA_ACTOR_TYPE and ASANA_ACTOR_GID are both set: Asana allows one of them',
  ],
  [
    { START_AT: '2026-01-02T00:00:00Z', END_AT: '2026-01-02T00:00:00Z' },
    'END_AT: expected a time after START_AT',
  ],
  [{ EVENTS_TOPIC_PARTITIONS: '0' }, "EVENTS_TOPIC_PARTITIONS: expected at least 1, got '0'"],
  [{ STATE_TOPIC_PARTITIONS: '0' }, "STATE_TOPIC_PARTITIONS: expected at least 1, got '0'"],
  [{ ASANA_REQUEST_TIMEOUT: '999ms' }, 'ASANA_REQUEST_TIMEOUT: expected at least 1s'],
  [{ KAFKA_TRANSACTION_TIMEOUT: '0s' }, 'KAFKA_TRANSACTION_TIMEOUT: expected at least 1s'],
  [
    { EVENTS_TOPIC: 'x', STATE_TOPIC: 'x' },
    'STATE_TOPIC: expected another topic than EVENTS_TOPIC and its dead letters',
  ],
  [
    { EVENTS_TOPIC: 'x', STATE_TOPIC: 'x.dead-letters' },
    'STATE_TOPIC: expected another topic than EVENTS_TOPIC and its dead letters',
  ],
  // The first session would delete most of 90 days as it arrives, and the next one refuse the topic.
  [
    { EVENTS_TOPIC_RETENTION: '30d' },
    'EVENTS_TOPIC_RETENTION: expected unlimited or at least 90d, as long as Asana keeps events: those of a backlog would be deleted at once (or set ALLOW_SHORT_RETENTION=true)',
  ],
])('%o is refused', (changes, problem) => {
  expect(problemsWith(changes)).toEqual([problem]);
});

test.each<Record<string, string>>([
  { EVENTS_TOPIC_RETENTION: 'unlimited' },
  { EVENTS_TOPIC_RETENTION: '90d' },
  { EVENTS_TOPIC_RETENTION: '30d', ALLOW_SHORT_RETENTION: 'true' },
])('%o is fine', (changes) => {
  expect(problemsWith(changes)).toEqual([]);
});

test.each(['localhost', '127.0.0.1', '127.8.9.10', '[::1]'])('plain http to %s is fine', (host) => {
  expect(loadWith({ ASANA_BASE_URL: `http://${host}:8080/api/1.0` }).warnings).toEqual([]);
});

test.each(['asana.example', '127.0.0.1.example', 'localhost.example', '10.0.0.1', '[::2]', '0.0.0.0'])(
  'plain http to %s is refused, unless it is allowed, and then it is warned about',
  (host) => {
    const url = `http://${host}/api`;
    expect(problemsWith({ ASANA_BASE_URL: url })).toEqual([
      expect.stringContaining(`ASANA_BASE_URL: expected https, got '${url}'`),
    ]);
    expect(loadWith({ ASANA_BASE_URL: url, ASANA_ALLOW_PLAIN_HTTP: 'true' }).warnings).toEqual([
      expect.stringContaining(host),
    ]);
  },
);

test('allowing plain http does not warn where https is used', () => {
  expect(loadWith({ ASANA_ALLOW_PLAIN_HTTP: 'true' }).warnings).toEqual([]);
});

test('a replica of several runs without an end, and with a session timeout that Kafka could allow', () => {
  const distributed = { MODE: 'distributed', END_AT: '2026-01-01T00:00:00Z', GROUP_SESSION_TIMEOUT: '900ms' };
  expect(problemsWith(distributed)).toEqual([
    'END_AT: only with MODE=standalone; no replica knows when the streams of the others end',
    'GROUP_SESSION_TIMEOUT: expected at least 1s, and what the brokers allow (group.min.session.timeout.ms, 6 s unless it was changed)',
  ]);
  expect(problemsWith({ ...distributed, MODE: 'standalone' })).toEqual([]);
});
