import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { Secret } from '../../src/config/secret.ts';
import { messageOf } from '../../src/errors.ts';
import { LEAST, loadWith, problemsWith, TOKEN } from './environment.ts';

const secret = new Secret(TOKEN);

test.each<[string, (value: unknown) => string]>([
  ['String', String],
  ['a template', (value) => `${value}`],
  ['concatenation', (value) => [value].join('')],
  ['JSON', (value) => JSON.stringify({ value })],
  ['util.inspect', (value) => inspect({ value }, { depth: null, showHidden: true })],
  [
    'util.inspect without custom inspection',
    (value) => inspect(value, { customInspect: false, showHidden: true }),
  ],
  ['format', (value) => format('%s %o %O %j', value, value, value, value)],
  ['an error that it is the cause of', (value) => inspect(new Error('x', { cause: value }))],
])('%s does not print a secret', (_name, print) => {
  expect(print(secret)).not.toContain(TOKEN);
  expect(print(loadConfig(LEAST))).not.toContain(TOKEN);
});

test('only reveal() gives a secret out', () => {
  expect(secret.reveal()).toBe(TOKEN);
  expect(secret.equals(new Secret(TOKEN))).toBe(true);
  expect(secret.equals(new Secret(`${TOKEN}x`))).toBe(false);
});

test('an error of loadConfig does not print the token, right or wrong', () => {
  for (const token of [TOKEN, `Bearer ${TOKEN}`]) {
    const problems = problemsWith({ ASANA_TOKEN: token, HTTP_PORT: 'x', ASANA_TOKENS: token });
    expect(problems.length).toBeGreaterThan(1);
    expect(problems.join('\n')).not.toContain(TOKEN);
  }
});

test.each([
  ['SCHEMA_REGISTRY_URL', 'https://me:pass/word@registry.example'],
  ['SCHEMA_REGISTRY_URL', 'https://registry.example/?key=pass/word'],
  ['ASANA_BASE_URL', 'https://me:pass/word@asana.example/'],
  ['KAFKA_BROKERS', 'sasl://me:pass/word@kafka:9092'],
])('an error about %s=%s does not print the password', (name, value) => {
  try {
    loadWith({ [name]: value });
    expect.unreachable();
  } catch (error) {
    expect(messageOf(error)).toContain(`${name}: expected`);
    expect(inspect(error)).not.toContain('pass/word');
  }
});

test.each(['ASANA_WORKSPACES', 'ASANA_ACTOR_GID', 'KAFKA_BROKERS'])(
  'a token that is given as %s is not printed',
  (name) => {
    const [problem] = problemsWith({ [name]: TOKEN });
    expect(problem).toMatch(/: expected .*, got '\[redacted\]'$/);
  },
);

test.each([
  ['as it is', (token: string) => `Bearer ${token}`, 'Bearer [redacted]'],
  ['as JSON', (token: string) => JSON.stringify({ token }), '{"token":"[redacted]"}'],
  ['in a URL', (token: string) => `?token=${encodeURIComponent(token)}`, '?token=[redacted]'],
])('a token is taken out of a text in which it stands %s', (_, textWith, without) => {
  const token = '2/1:abc"\\&<';
  expect(new Secret(token).removeFrom(textWith(token))).toBe(without);
});
