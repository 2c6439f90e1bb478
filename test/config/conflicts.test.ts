import { expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';
import { OPTIONS } from '../../src/config/options.ts';
import { loadWith, problemsWith } from './environment.ts';

test.each([
  ['ASANA_EVENT_TYPES', 'ASANA_EVENT_TYPE'],
  ['ASANA_ACTORGID', 'ASANA_ACTOR_GID'],
  ['ASANA_RESOUCRE_GID', 'ASANA_RESOURCE_GID'],
  ['KAFKA_BROKER', 'KAFKA_BROKERS'],
  ['POLL_INTERVALL', 'POLL_INTERVAL'],
  ['ASANA_TOKENFILE', 'ASANA_TOKEN_FILE'],
])('%s is refused, and %s proposed', (name, meant) => {
  expect(problemsWith({ [name]: 'x' })).toEqual([
    `${name} is not a variable of the connector: did you mean ${meant}?`,
  ]);
});

test.each(['LOG_FILE', 'START', 'END', 'HTTP_PROXY', 'KAFKA_OPTS', 'A'])(
  '%s is somebody else’s: near to nothing',
  (name) => {
    expect(nearest(name, Object.keys(OPTIONS))).toBeUndefined();
  },
);

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
])('%o is refused', (changes, problem) => {
  expect(problemsWith(changes)).toEqual([problem]);
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
