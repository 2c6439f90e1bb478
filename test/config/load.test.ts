import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { OPTIONS } from '../../src/config/options.ts';
import { LEAST, loadWith, problemsOf, problemsWith } from './environment.ts';

test('the least that is needed gives the documented defaults', () => {
  expect(loadConfig(LEAST)).toMatchObject({
    ASANA_WORKSPACES: ['111', '222'],
    ASANA_BASE_URL: new URL('https://app.asana.com/api/1.0'),
    ASANA_REQUESTS_PER_MINUTE: 1_200,
    ASANA_REQUEST_TIMEOUT: 60_000,
    POLL_INTERVAL: 10_000,
    KAFKA_BROKERS: ['localhost:9092'],
    AUTO_REGISTER_SCHEMAS: true,
    EVENTS_TOPIC: 'asana.audit-log-events',
    STATE_TOPIC: 'asana.audit-log-state',
    CONNECTOR_NAME: 'asana-audit',
    TOPIC_REPLICATION_FACTOR: -1,
    EVENTS_TOPIC_RETENTION: -1,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 9_464,
    warnings: [],
  });
});

test('an option without a default stays unset', () => {
  const config = loadConfig(LEAST);
  expect([config.START_AT, config.END_AT, config.ASANA_EVENT_TYPE, config.ASANA_ACTOR_GID]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('all problems are reported at once, each by the name of its variable and with what was expected', () => {
  const problems = problemsOf({
    ASANA_WORKSPACES: 'acme',
    POLL_INTERVAL: '10',
    HTTP_PORT: '99999',
    ASANA_EVENT_TYP: 'user_login_failed',
    EVENTS_TOPIC: 'a b',
  });
  expect(problems).toEqual([
    "ASANA_WORKSPACES: expected gids (digits only), comma-separated, got 'acme'",
    "POLL_INTERVAL: expected a duration such as 500ms, 10s, 5m, at most 24d, got '10'",
    'KAFKA_BROKERS is not set: expected host:port, comma-separated',
    "EVENTS_TOPIC: expected 1 to 200 of Kafka's characters: letters, digits, '.', '_', '-', got 'a b'",
    'SCHEMA_REGISTRY_URL is not set: expected an http(s) URL without user, query or fragment',
    "HTTP_PORT: expected a port from 0 to 65535, got '99999'",
    'ASANA_TOKEN_FILE is not set: expected a path of a file with the service account token (or ASANA_TOKEN)',
    'ASANA_EVENT_TYP is not a variable of the connector: did you mean ASANA_EVENT_TYPE?',
  ]);
});

test('the error is CONFIG_INVALID and counts the problems', () => {
  expect(() => loadWith({ HTTP_PORT: 'x' })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^the configuration has 1 problem:\n {2}HTTP_PORT: /),
    }),
  );
  expect(() => loadWith({ HTTP_PORT: 'x', POLL_INTERVAL: 'y' })).toThrow(
    /^the configuration has 2 problems:/,
  );
});

test.each(['', ' ', '\t\n'])('a blank variable (%j) is an unset one', (blank) => {
  const everyOther = Object.fromEntries(
    Object.keys(OPTIONS)
      .filter((name) => !(name in LEAST))
      .map((name) => [name, blank]),
  );
  expect(loadWith(everyOther)).toEqual(loadConfig(LEAST));
  expect(problemsWith({ KAFKA_BROKERS: blank })).toEqual([
    'KAFKA_BROKERS is not set: expected host:port, comma-separated',
  ]);
});

test('spaces around a value are not part of it', () => {
  expect(loadWith({ HTTP_PORT: ' 80\n', ASANA_WORKSPACES: ' 1 , 2 ' })).toMatchObject({
    HTTP_PORT: 80,
    ASANA_WORKSPACES: ['1', '2'],
  });
});

test('the environment of other programs is not looked at', () => {
  const others = {
    PATH: '/bin',
    HOME: '/root',
    KAFKA_HEAP_OPTS: '-Xmx1g',
    npm_config_cache: '/c',
  };
  expect(loadWith(others)).toEqual(loadConfig(LEAST));
});
