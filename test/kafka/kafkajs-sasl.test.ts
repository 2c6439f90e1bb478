import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { AuthenticationProviderArgs } from 'kafkajs';
import { expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { SecretSource } from '../../src/config/secret-source.ts';
import type { ConnectorError } from '../../src/errors.ts';
import { kafkajsSasl } from '../../src/kafka/kafkajs-sasl.ts';

type Answer = 'accepted' | Error;

const refusal = (text = 'Authentication failed') =>
  Object.assign(new Error(text), { name: 'KafkaJSProtocolError', type: 'SASL_AUTHENTICATION_FAILED' });
const broken = Object.assign(new Error('Closed connection'), { name: 'KafkaJSConnectionClosedError' });
const logger = { debug: () => {}, error: () => {}, info: () => {}, warn: () => {} };

/** A login with PLAIN: how it ended each time, and what was sent. */
function scripted(password: SecretSource, answers: Answer[]) {
  const sent: string[] = [];
  const { authenticationProvider } = kafkajsSasl({ mechanism: 'PLAIN', username: 'me', password });
  const connection = {
    host: 'kafka',
    port: 9092,
    logger,
    saslAuthenticate: async ({ request }: { request: { encode(): Promise<Buffer> } }) => {
      sent.push(
        String(await request.encode())
          .slice(4)
          .replaceAll('\0', '|'),
      );
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
    },
  } as unknown as AuthenticationProviderArgs;
  const logIn = () =>
    authenticationProvider(connection)
      .authenticate()
      .then(
        () => 'accepted',
        (error: ConnectorError) => error,
      );
  return { sent, logIn };
}

const value: SecretSource = { value: new Secret('secret') };
async function fileWith(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'sasl-')), 'password');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

test('the password is read anew for each connection', async () => {
  const file = await fileWith('first\n');
  const { sent, logIn } = scripted({ file }, ['accepted', 'accepted']);
  await logIn();
  await writeFile(file, 'second\n');
  expect(await logIn()).toBe('accepted');
  expect(sent).toEqual(['|me|first', '|me|second']);
});

test('a refusal is KAFKA_LOGIN_REFUSED, which kafkajs does not repeat, and never shows the password', async () => {
  const { logIn } = scripted(value, [refusal('who knows secret?')]);
  const error = await logIn();
  expect(error).toMatchObject({
    code: 'KAFKA_LOGIN_REFUSED',
    retriable: false,
    message: 'PLAIN login of me at kafka:9092: who knows [redacted]?',
  });
});

test('a refusal after a login that was accepted waits for another password, where one can come', async () => {
  const file = { file: await fileWith('secret') };
  for (const [source, code] of [
    [file, 'KAFKA_LOGIN_CHANGED'],
    [value, 'KAFKA_LOGIN_REFUSED'],
  ] as const) {
    const { logIn } = scripted(source, ['accepted', refusal(), 'accepted']);
    expect(await logIn()).toBe('accepted');
    expect(await logIn()).toMatchObject({ code });
    expect(await logIn()).toBe('accepted');
  }
});

test('a connection that breaks in the middle of a login is not a refusal', async () => {
  const { logIn } = scripted(value, [broken]);
  expect(await logIn()).toBe(broken);
});

test('a password that cannot be read is a refusal, and nothing is sent', async () => {
  const { sent, logIn } = scripted({ file: '/nowhere/password' }, []);
  expect(await logIn()).toMatchObject({
    code: 'KAFKA_LOGIN_REFUSED',
    message: expect.stringContaining('/nowhere/password'),
  });
  expect(sent).toEqual([]);
});

test('the option prints without the password', () => {
  expect(
    inspect(kafkajsSasl({ mechanism: 'PLAIN', username: 'me', password: value }), { depth: null }),
  ).not.toContain('secret');
});
