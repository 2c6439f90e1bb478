import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveSchemaId, type SchemaRequest } from '../../src/avro/registry.ts';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';
import { systemClock } from '../../src/clock.ts';
import { Secret } from '../../src/config/secret.ts';
import type { RegistryLogin } from '../../src/config/security.ts';
import { followTlsFiles } from '../../src/tls/connection-options.ts';
import { createAuthority } from '../support/certificates.ts';
import { FakeRegistry } from './fake-registry.ts';

const DAY_MS = 86_400_000;
const SUBJECT = 'events-value';
const never = new AbortController().signal;

let registry: FakeRegistry;
let folder: string;
beforeEach(async () => {
  registry = new FakeRegistry();
  registry.add(SUBJECT, EVENT_SCHEMA);
  folder = await mkdtemp(join(tmpdir(), 'registry-login-'));
});
afterEach(() => registry.close());

const ask = (url: string, more: Partial<SchemaRequest>) =>
  resolveSchemaId(
    {
      url,
      timeoutMs: 5_000,
      clock: systemClock,
      subject: SUBJECT,
      schema: EVENT_SCHEMA,
      autoRegister: false,
      ...more,
    },
    never,
  );

const write = async (name: string, text: string, mode = 0o600) => {
  const file = join(folder, name);
  await writeFile(file, text, { mode });
  return file;
};

describe('a login', () => {
  test('with user and password is sent as basic authentication, in UTF-8', async () => {
    const login = { username: 'me', password: { value: new Secret('pass:wörd') } };
    expect(await ask(await registry.listen(), { login })).toBe(1);
    expect(registry.logins).toEqual([`Basic ${Buffer.from('me:pass:wörd').toString('base64')}`]);
  });

  test('with a token from a file is sent as that, and read again for the next call', async () => {
    const url = await registry.listen();
    const login = { token: { file: await write('token', 'first\n') } };
    await ask(url, { login });
    await write('token', 'second\n');
    await ask(url, { login });
    expect(registry.logins).toEqual(['Bearer first', 'Bearer second']);
  });

  test('whose file is gone, or open to everybody, is worth another try, and nothing is sent', async () => {
    const url = await registry.listen();
    const gone = { token: { file: join(folder, 'gone') } };
    const open = { token: { file: await write('open', 'token', 0o644) } };
    await expect(ask(url, { login: gone })).rejects.toMatchObject({ code: 'SCHEMA_REGISTRY_UNAVAILABLE' });
    await expect(ask(url, { login: open })).rejects.toThrow(/everybody on this machine can read .*chmod 640/);
    expect(registry.requests).toEqual([]);
  });

  test('that is wanted and not configured is asked for by the names of the variables', async () => {
    registry.fault = (_request, response) => response.writeHead(401).end();
    await expect(ask(await registry.listen(), {})).rejects.toMatchObject({
      code: 'SCHEMA_REGISTRY_REFUSED',
      message: expect.stringContaining('SCHEMA_REGISTRY_PASSWORD_FILE'),
    });
  });

  test.each<[string, RegistryLogin]>([
    ['password', { username: 'me', password: { value: new Secret('pass"word&') } }],
    ['token', { token: { value: new Secret('to"ken&') } }],
  ])('that is refused is in no part of the error, even where the answer shows it: %s', async (_, login) => {
    registry.fault = ({ headers }, response) => {
      const { authorization = '' } = headers;
      const decoded = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
      const message = `who is ${authorization}, ${encodeURIComponent(authorization)}, ${decoded}?`;
      response.writeHead(401).end(JSON.stringify({ error_code: 401, message }));
    };
    const error = await ask(await registry.listen(), { login }).catch((thrown) => thrown);
    expect(error.message).toMatch(
      /who is (Basic|Bearer) \[redacted\].*it refuses the login that is configured/,
    );
    const secrets = ['pass"word&', 'to"ken&', Buffer.from('me:pass"word&').toString('base64')];
    for (const secret of secrets)
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret);
  });
});

describe('https', () => {
  const authority = createAuthority('a CA of ours');
  const names = { commonName: 'registry', addresses: ['127.0.0.1'] };
  const trusting = async (pem: string) => ({
    tls: followTlsFiles({ caFile: await write('ca.pem', pem) }, 'SCHEMA_REGISTRY_CA_FILE'),
  });

  test('with a CA of one’s own works', async () => {
    const url = await registry.listen(authority.issue(names));
    expect(await ask(url, await trusting(authority.certificate))).toBe(1);
  });

  test.each([
    [
      'of another CA',
      authority.issue(names),
      createAuthority('another'),
      /put the CA's certificate into SCHEMA_REGISTRY_CA_FILE/,
    ],
    [
      'of another host',
      authority.issue({ commonName: 'registry', dnsNames: ['registry.example'] }),
      authority,
      /for another host name/,
    ],
    [
      'that has expired',
      authority.issue({ ...names, fromMs: 0, untilMs: DAY_MS }),
      authority,
      /has expired: have it renewed/,
    ],
  ])('with a certificate %s is refused, and says why', async (_, identity, trusted, why) => {
    const url = await registry.listen(identity);
    await expect(ask(url, await trusting(trusted.certificate))).rejects.toMatchObject({
      code: 'SCHEMA_REGISTRY_UNAVAILABLE',
      message: expect.stringMatching(why),
    });
    expect(registry.requests).toEqual([]);
  });
});
