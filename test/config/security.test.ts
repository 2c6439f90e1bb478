import { expect, test } from 'vitest';
import { kafkaSecurity, registrySecurity } from '../../src/config/security.ts';
import { loadWith, problemsWith } from './environment.ts';

const ELSEWHERE = { KAFKA_BROKERS: 'kafka:9092' };
const LOGIN = { KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD_FILE: '/p' };
const PLAIN = { ...LOGIN, KAFKA_SASL_MECHANISM: 'PLAIN' };
const REGISTRY = { SCHEMA_REGISTRY_URL: 'http://registry:8081' };
const BASIC = { SCHEMA_REGISTRY_USERNAME: 'me', SCHEMA_REGISTRY_PASSWORD_FILE: '/p' };

test.each<[Record<string, string>, string[]]>([
  [{ KAFKA_TLS_CA_FILE: '/ca' }, ['KAFKA_TLS: expected true where KAFKA_TLS_CA_FILE is set']],
  [
    { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: '/c' },
    ['KAFKA_TLS_KEY_FILE is not set, and KAFKA_TLS_CERT_FILE is: expected both or neither'],
  ],
  [
    { KAFKA_TLS: 'true', KAFKA_TLS_KEY_FILE: '/k' },
    ['KAFKA_TLS_CERT_FILE is not set, and KAFKA_TLS_KEY_FILE is: expected both or neither'],
  ],
  [
    { KAFKA_SASL_MECHANISM: 'PLAIN' },
    [
      'KAFKA_SASL_USERNAME is not set, and KAFKA_SASL_MECHANISM is: expected both or neither',
      'KAFKA_SASL_PASSWORD_FILE or KAFKA_SASL_PASSWORD is not set, and KAFKA_SASL_MECHANISM is: expected both or neither',
    ],
  ],
  [
    { KAFKA_SASL_USERNAME: 'me' },
    ['KAFKA_SASL_MECHANISM is not set, and KAFKA_SASL_USERNAME is: expected both or neither'],
  ],
  [
    { ...PLAIN, KAFKA_SASL_PASSWORD: 'x' },
    ['KAFKA_SASL_PASSWORD_FILE and KAFKA_SASL_PASSWORD are both set: expected one of them'],
  ],
  [
    { ...LOGIN, KAFKA_SASL_MECHANISM: 'GSSAPI' },
    ["KAFKA_SASL_MECHANISM: expected one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, got 'GSSAPI'"],
  ],
  [
    { ...BASIC, SCHEMA_REGISTRY_TOKEN: 'x' },
    ['SCHEMA_REGISTRY_TOKEN and SCHEMA_REGISTRY_USERNAME are both set: expected one login'],
  ],
  [
    { SCHEMA_REGISTRY_PASSWORD: 'x' },
    ['SCHEMA_REGISTRY_USERNAME is not set, and SCHEMA_REGISTRY_PASSWORD is: expected both or neither'],
  ],
  [
    { ...BASIC, SCHEMA_REGISTRY_USERNAME: 'me:too' },
    ['SCHEMA_REGISTRY_USERNAME: expected a user name without a colon'],
  ],
  [
    { SCHEMA_REGISTRY_CA_FILE: '/ca' },
    [
      "SCHEMA_REGISTRY_URL: expected https where SCHEMA_REGISTRY_CA_FILE is set, got 'http://localhost:8081/'",
    ],
  ],
])('%o is refused', (changes, problems) => {
  expect(problemsWith(changes)).toEqual(problems);
});

test('a PLAIN password over a plain connection is refused to another host, unless it is allowed, and then warned about', () => {
  const changes = { ...PLAIN, ...ELSEWHERE };
  expect(problemsWith(changes)).toEqual([expect.stringContaining('to kafka:9092 (or set KAFKA_ALLOW_PLAIN')]);
  expect(loadWith({ ...changes, KAFKA_ALLOW_PLAIN_PASSWORD: 'true' }).warnings).toEqual([
    'KAFKA_TLS is false: the password and the events are readable on the way to kafka:9092',
  ]);
  expect(loadWith({ ...changes, KAFKA_TLS: 'true' }).warnings).toEqual([]);
  expect(loadWith(PLAIN).warnings).toEqual([]);
});

test('SCRAM over a plain connection to another host is warned about', () => {
  const scram = { ...LOGIN, ...ELSEWHERE, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' };
  expect(loadWith(scram).warnings).toEqual([expect.stringContaining('can be guessed')]);
  expect(loadWith({ ...scram, KAFKA_TLS: 'true' }).warnings).toEqual([]);
});

test.each([BASIC, { SCHEMA_REGISTRY_TOKEN_FILE: '/t' }])(
  'a login of the registry over plain http to another host is refused, unless it is allowed: %o',
  (login) => {
    expect(problemsWith({ ...login, ...REGISTRY })).toEqual([
      expect.stringContaining('SCHEMA_REGISTRY_URL: expected https with a login'),
    ]);
    const allowed = { ...login, ...REGISTRY, SCHEMA_REGISTRY_ALLOW_PLAIN_HTTP: 'true' };
    expect(loadWith(allowed).warnings).toEqual([expect.stringContaining('plain http to registry:8081')]);
    expect(loadWith(login).warnings).toEqual([]);
    expect(loadWith(REGISTRY).warnings).toEqual([]);
  },
);

test('whoever allows secrets that everybody can read is warned', () => {
  const config = loadWith({ ...PLAIN, ALLOW_WORLD_READABLE_SECRETS: 'true' });
  expect(config.warnings).toEqual([expect.stringContaining('ALLOW_WORLD_READABLE_SECRETS')]);
  expect(kafkaSecurity(config).sasl?.password).toEqual({ file: '/p', mayBeOpen: true });
});

test('without any of it there is no TLS and no login', () => {
  const config = loadWith({});
  expect(kafkaSecurity(config)).toEqual({ tls: undefined, sasl: undefined });
  expect(registrySecurity(config)).toEqual({ tls: { caFile: undefined }, login: undefined });
});

test('all that is set gets where it belongs', () => {
  const config = loadWith({
    ...PLAIN,
    KAFKA_TLS: 'true',
    KAFKA_TLS_CA_FILE: '/ca',
    KAFKA_TLS_CERT_FILE: '/cert',
    KAFKA_TLS_KEY_FILE: '/key',
    SCHEMA_REGISTRY_TOKEN_FILE: '/token',
    SCHEMA_REGISTRY_URL: 'https://registry/prefix',
    SCHEMA_REGISTRY_CA_FILE: '/registry-ca',
  });
  expect(kafkaSecurity(config)).toEqual({
    tls: { caFile: '/ca', client: { certFile: '/cert', key: { file: '/key' } } },
    sasl: { mechanism: 'PLAIN', username: 'me', password: { file: '/p' } },
  });
  expect(registrySecurity(config)).toEqual({
    tls: { caFile: '/registry-ca' },
    login: { token: { file: '/token' } },
  });
});

test('a password is printed by no problem', () => {
  const problems = problemsWith({ KAFKA_SASL_PASSWORD: 'two\nlines', SCHEMA_REGISTRY_TOKEN: 'two words' });
  expect(problems.join()).toMatch(/KAFKA_SASL_PASSWORD: expected .*got its value/);
  expect(problems.join()).not.toMatch(/two/);
});
