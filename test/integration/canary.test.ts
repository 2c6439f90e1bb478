import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeRegistry } from '../avro/fake-registry.ts';
import type { Environment, Running } from '../faults/connector.ts';
import { environmentFor, eventually, runConnector } from '../support/connector.ts';
import { pass, startRelay } from '../support/relay.ts';
import { urlOf } from '../support/replica.ts';
import { recordsOf } from '../support/topic.ts';
import { type Ending, simulate, startLive } from './scene.ts';

const [GOOD, UNAUTHORIZED, FORBIDDEN] = ['1111', '2222', '3333'];
const TAIL = ['tail', '--from-beginning', '--until-end'];
const PATHS = ['/', '/status.json', '/metrics', '/livez', '/readyz', '/nothing-here'];

/** A proxy's error page at its worst: it shows the request that it got. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse, header: string) => void>> = {
  ASANA_UNAUTHORIZED: (response, header) =>
    response.writeHead(401).end(JSON.stringify({ errors: [{ message: `who is ${header}?` }] })),
  ASANA_FORBIDDEN: (response, header) =>
    response.writeHead(403).end(JSON.stringify({ errors: [{ message: `${header} may not` }] })),
  ASANA_RATE_LIMITED: (response, header) => response.writeHead(429).end(`slow down, ${header}`),
  ASANA_SERVER_ERROR: (response, header) =>
    response.writeHead(500).end(`<pre>authorization=${encodeURIComponent(header)} ${header}</pre>`),
  ASANA_ANSWER_INVALID: (response, header) => response.writeHead(200).end(`${header} is not JSON`),
  ASANA_UNREACHABLE: (response) => response.destroy(),
};

/** A registry that shows what it got, until it is asked to be one. */
async function startTalkativeRegistry({
  onTestFinished,
}: Ending): Promise<{ url: string; heal: () => void; trouble: () => void }> {
  const registry = new FakeRegistry();
  onTestFinished(() => registry.close());
  const talk: FakeRegistry['fault'] = ({ headers: { authorization = '' } }, response) => {
    const login = authorization.startsWith('Basic ')
      ? Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()
      : authorization;
    const message = `no, ${authorization}, ${login}, ${encodeURIComponent(login)}, not now`;
    response.writeHead(500).end(JSON.stringify({ error_code: 500, message }));
  };
  const trouble = () => {
    registry.fault = talk;
  };
  const heal = () => {
    registry.fault = undefined;
  };
  trouble();
  return { url: await registry.listen(), heal, trouble };
}

async function pagesOf(connector: Running): Promise<string[]> {
  const url = await urlOf(connector);
  return Promise.all(PATHS.map(async (path) => (await fetch(`${url}${path}`)).text()));
}

test('no secret is in a log, on a page, in a topic or in an output, whatever Asana, the registry or a proxy answers', async (context) => {
  const canary = `canary${randomUUID().replaceAll('-', '')}`;
  const token = `2/1:${canary}"\\'<&=%0d%0aX-Leak:{}`;
  const source = await simulate(context, {
    events: 500,
    rate: 5,
    poison: 0.05,
    workspaces: [GOOD, UNAUTHORIZED, FORBIDDEN],
  });
  let trouble: string | undefined;
  const relay = await startRelay(source.baseUrl, async ({ url = '', headers }, response, ask) => {
    const { authorization = '' } = headers;
    expect(authorization).toBe(`Bearer ${token}`);
    const code = url.includes(UNAUTHORIZED)
      ? 'ASANA_UNAUTHORIZED'
      : url.includes(FORBIDDEN)
        ? 'ASANA_FORBIDDEN'
        : trouble;
    if (code === undefined) pass(response, await ask('Bearer simulator-token'));
    else ANSWERS[code]?.(response, authorization);
  });
  context.onTestFinished(() => relay.close());
  const file = join(await mkdtemp(join(tmpdir(), 'canary-')), 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  const registry = await startTalkativeRegistry(context);
  const password = `${canary}"\\<&=%`;
  const passwordFile = join(dirname(file), 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const { ASANA_TOKEN: _, ...rest } = environmentFor('canary', source);
  const environment = {
    ...rest,
    ASANA_BASE_URL: relay.baseUrl,
    ASANA_TOKEN_FILE: file,
    SCHEMA_REGISTRY_URL: registry.url,
    SCHEMA_REGISTRY_USERNAME: 'me',
    SCHEMA_REGISTRY_PASSWORD_FILE: passwordFile,
    LOG_LEVEL: 'debug',
  };
  const connector = await startLive(context, environment);
  const seen: string[] = [];
  const isLogged = (text: string) =>
    eventually(`the log has ${text}`, async () => (await connector.log()).includes(text));

  await isLogged('"code":"SCHEMA_REGISTRY_UNAVAILABLE"');
  seen.push(...(await pagesOf(connector)));
  registry.heal();
  await isLogged('"id":"caught-up"');
  await isLogged('"id":"dead-letters-written"');
  for (const code of Object.keys(ANSWERS)) {
    trouble = /UNAUTHORIZED|FORBIDDEN/.test(code) ? undefined : code;
    await isLogged(`"code":"${code}"`);
    seen.push(...(await pagesOf(connector)));
  }
  const show = async (
    args: readonly string[],
    more: Record<string, string> = {},
    login: Environment = environment,
  ) => {
    const result = await runConnector(args, { ...login, ...more });
    seen.push(result.stdout, result.stderr);
    return result;
  };
  trouble = undefined;
  const [status, offsets, tail, verified, ledger] = await Promise.all([
    show(['status', '--url', String(await urlOf(connector))]),
    show(['offsets', 'get']),
    show([...TAIL, '--json']),
    show(['verify'], { ASANA_WORKSPACES: GOOD }),
    show(['verify', '--ledger'], { ASANA_WORKSPACES: GOOD }),
  ]);
  expect(status.stdout).toContain(UNAUTHORIZED);
  expect(offsets.stdout).toContain(GOOD);
  expect(tail).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"gid"') });
  expect([verified.stdout, ledger.stdout]).toEqual([
    expect.stringContaining('  proven: '),
    expect.stringContaining('  proven: '),
  ]);
  trouble = 'ASANA_FORBIDDEN';
  registry.trouble();
  const {
    SCHEMA_REGISTRY_USERNAME: _user,
    SCHEMA_REGISTRY_PASSWORD_FILE: _password,
    ...nobody
  } = environment;
  const bearer = { ...nobody, SCHEMA_REGISTRY_TOKEN_FILE: file };
  const logins = [environment, bearer];
  await Promise.all(
    [['check'], ['verify'], TAIL].flatMap((args) => logins.map((login) => show(args, {}, login))),
  );
  // The broker wants no login; test/integration/kafka-security.test.ts has one that does.
  const login = { KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: password };
  const refused = await show(TAIL, login);
  expect(refused.stderr).toContain('KAFKA_LOGIN_REFUSED');
  await connector.stop(9_000);
  const next = await startLive(context, bearer);
  await eventually('the registry refuses the token', async () =>
    (await next.log()).includes('"code":"SCHEMA_REGISTRY_UNAVAILABLE"'),
  );
  seen.push(...(await pagesOf(next)));
  await next.stop(9_000);
  seen.push(await next.log());
  for (const topic of ['state', 'events', 'events.dead-letters']) {
    const records = await recordsOf(`canary.${topic}`);
    expect(records.length, topic).toBeGreaterThan(0);
    for (const { key, value, headers } of records)
      seen.push(String(key), String(value), ...Object.entries(headers).map(String));
  }
  seen.push(await connector.log());

  expect(seen.join('')).toContain('Asana answered 500: <pre>authorization=Bearer');
  expect(seen.join('')).toContain('no, Basic [redacted], me:[redacted], ');
  expect(seen.join('')).toContain('no, Bearer [redacted], ');
  const encoded = Buffer.from(`me:${password}`).toString('base64');
  expect(seen.filter((text) => text.includes(encoded))).toEqual([]);
  expect(seen.filter((text) => text.includes(canary)).map((text) => text.slice(0, 500))).toEqual([]);
}, 180_000);
