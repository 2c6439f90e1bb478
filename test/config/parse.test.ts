import { expect, test } from 'vitest';
import type { OptionKind } from '../../src/config/option.ts';
import { READERS } from '../../src/config/parse.ts';

const DAY_MS = 86_400_000;

/** Of each kind: texts with what they mean, and texts that are refused. */
const CASES: Record<Exclude<OptionKind, 'secret' | 'url'>, { good: [string, unknown][]; bad: string[] }> = {
  text: { good: [['user_login_failed', 'user_login_failed']], bad: [] },
  path: { good: [['/run/secrets/asana token', '/run/secrets/asana token']], bad: [] },
  password: {
    good: [],
    bad: ['two\nlines', 'two\rlines'],
  },
  'sasl-mechanism': {
    good: [
      ['PLAIN', 'PLAIN'],
      ['SCRAM-SHA-256', 'SCRAM-SHA-256'],
      ['SCRAM-SHA-512', 'SCRAM-SHA-512'],
    ],
    bad: ['plain', 'GSSAPI', 'OAUTHBEARER', ''],
  },
  gid: {
    good: [
      ['1201234567890123', '1201234567890123'],
      ['9223372036854775808', '9223372036854775808'],
    ],
    bad: ['', '-1', '1.5', '12a', '1,2', '1 2', '٣', '1'.repeat(33)],
  },
  gids: {
    good: [
      ['1', ['1']],
      ['2, 1 ,2', ['2', '1']],
    ],
    bad: ['1,', ',1', '1,,2', '1;2', 'acme'],
  },
  fields: {
    good: [
      ['actor.email', ['actor.email']],
      ['details, a-1.b_2 ,details', ['details', 'a-1.b_2']],
    ],
    bad: ['', 'a,', '.a', 'a.', 'a..b', 'a b', 'details[0]', '__proto__', 'a.__proto__', '$.a', 'é', '*'],
  },
  brokers: {
    good: [
      ['kafka:9092', ['kafka:9092']],
      ['10.0.0.1:1, [::1]:65535', ['10.0.0.1:1', '[::1]:65535']],
    ],
    bad: ['kafka', 'kafka:', ':9092', 'kafka:0', 'kafka:65536', 'http://kafka:9092', '::1:9092', 'a:1,,b:2'],
  },
  boolean: {
    good: [
      ['true', true],
      ['false', false],
    ],
    bad: ['TRUE', 'yes', '1', '0', 'toString', 'constructor', '__proto__'],
  },
  count: {
    good: [
      ['0', 0],
      ['1500', 1_500],
      ['1000000', 1_000_000],
    ],
    bad: ['-1', '1000001', '1.0', '1e3', '1,500', '+1', '0x10', '99999999999'],
  },
  port: {
    good: [
      ['0', 0],
      ['65535', 65_535],
    ],
    bad: ['65536', '-1', 'http', '80/tcp'],
  },
  'replication-factor': {
    good: [
      ['-1', -1],
      ['1', 1],
      ['32', 32],
    ],
    bad: ['0', '-2', '33', 'three'],
  },
  duration: {
    good: [
      ['0s', 0],
      ['500ms', 500],
      ['10s', 10_000],
      ['5m', 300_000],
      ['2h', 7_200_000],
      ['24d', 24 * DAY_MS],
    ],
    // Node fires a timer of more than 2^31 - 1 ms at once: 25 days would poll a thousand times a second.
    bad: [
      '10',
      '10 s',
      '1.5s',
      '-1s',
      's',
      '10S',
      '1w',
      '1m30s',
      '25d',
      '2147483648ms',
      '9'.repeat(400).concat('d'),
    ],
  },
  retention: {
    good: [
      ['unlimited', -1],
      ['120d', 120 * DAY_MS],
      ['3650d', 3_650 * DAY_MS],
    ],
    bad: ['-1', 'Unlimited', '7776000000', '999999999999999d'],
  },
  time: {
    good: [
      ['2026-01-31T00:00:00Z', Date.UTC(2026, 0, 31)],
      ['2026-01-31T00:00:00.123Z', Date.UTC(2026, 0, 31, 0, 0, 0, 123)],
      ['2026-01-31T02:00:00+02:00', Date.UTC(2026, 0, 31)],
      ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
    ],
    bad: [
      '2026-01-31',
      '2026-01-31T00:00:00',
      '2026-02-29T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-01-31T25:00:00Z',
      '31.01.2026',
      '1769817600000',
      'yesterday',
    ],
  },
  topic: {
    good: [
      ['asana.audit-log_EVENTS1', 'asana.audit-log_EVENTS1'],
      ['...', '...'],
      ['x'.repeat(200), 'x'.repeat(200)],
    ],
    bad: ['.', '..', 'a b', 'a/b', 'ä', 'x'.repeat(201)],
  },
  'actor-type': {
    good: ['user', 'asana', 'asana_support', 'anonymous', 'external_administrator'].map((type) => [
      type,
      type,
    ]),
    bad: ['User', 'guest', ''],
  },
  compression: {
    good: ['none', 'gzip', 'zstd'].map((name) => [name, name]),
    bad: ['snappy', 'GZIP'],
  },
  mode: {
    good: ['standalone', 'distributed'].map((name) => [name, name]),
    bad: ['Distributed', 'cluster', ''],
  },
  'log-level': {
    good: ['debug', 'info', 'warn', 'error'].map((level) => [level, level]),
    bad: ['trace', 'INFO', 'silent'],
  },
};

const kinds = Object.entries(CASES) as [keyof typeof CASES, (typeof CASES)[keyof typeof CASES]][];

test.each(kinds.flatMap(([kind, { good }]) => good.map(([text, value]) => ({ kind, text, value }))))(
  '$kind: $text is $value',
  ({ kind, text, value }) => {
    expect(READERS[kind].read(text)).toEqual(value);
  },
);

test.each(kinds.flatMap(([kind, { bad }]) => bad.map((text) => ({ kind, text }))))(
  '$kind: $text is refused',
  ({ kind, text }) => {
    expect(READERS[kind].read(text)).toBeUndefined();
  },
);

test.each(['https://registry.example/prefix', 'http://127.0.0.1:8081', 'http://[::1]:8081/'])(
  'url: %s is one',
  (text) => {
    expect(READERS.url.read(text)?.href).toBe(new URL(text).href);
  },
);

test.each([
  'registry:8081',
  '/path',
  'ftp://registry.example',
  'https://user@registry.example',
  'https://user:password@registry.example',
  'https://registry.example/?a=b',
  'https://registry.example/#a',
  'https://',
])('url: %s is refused', (text) => {
  expect(READERS.url.read(text)).toBeUndefined();
});

test.each(['1/12:abc', '!~'])('secret: %s is one', (text) => {
  expect(READERS.secret.read(text)?.reveal()).toBe(text);
});

test.each(['Bearer abc', 'a\nb', 'tökén', '\u0000'])('secret: %j is refused', (text) => {
  expect(READERS.secret.read(text)).toBeUndefined();
});
