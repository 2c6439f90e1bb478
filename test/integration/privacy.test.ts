import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/json.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';
import { type Source, simulate, startLive } from './scene.ts';

const DROPPED = ['details.saml_response', 'context.client_ip_address', 'context.user_agent'];
const HASHED = ['actor.email', 'actor.name', 'resource.name', 'resource.email'];
/** Shorter values stand in other places too. */
const TELLING_LENGTH = 7;

function valueAt(event: JsonValue | undefined, path: string): JsonValue | undefined {
  return path
    .split('.')
    .reduce<JsonValue | undefined>((value, name) => (isJsonObject(value) ? value[name] : undefined), event);
}

/** What the events hold at the paths, as Asana's own endpoint shows them. */
async function secretsOf(source: Source): Promise<string[]> {
  const secrets = new Set<string>();
  const url = new URL(`${source.baseUrl}/workspaces/${source.options.workspaces[0]}/audit_log_events`);
  for (let offset: string | undefined = ''; offset !== undefined; ) {
    if (offset !== '') url.searchParams.set('offset', offset);
    const answer: Response = await fetch(url, { headers: { authorization: 'Bearer simulator-token' } });
    const { data, next_page: next } = parseJson(await answer.text()) as {
      data: JsonObject[];
      next_page: JsonValue;
    };
    for (const path of [...DROPPED, ...HASHED]) {
      for (const value of data.map((event) => valueAt(event, path)))
        if (typeof value === 'string' && value.length >= TELLING_LENGTH) secrets.add(value);
    }
    offset = data.length > 0 && isJsonObject(next) ? String(next.offset) : undefined;
  }
  return [...secrets];
}

async function written(name: string): Promise<string> {
  const texts: string[] = [];
  for (const topic of ['state', 'events', 'events.dead-letters']) {
    const records = await recordsOf(`${name}.${topic}`);
    expect(records.length, topic).toBeGreaterThan(0);
    for (const { key, value, headers } of records)
      texts.push(String(key), String(value), JSON.stringify(headers));
  }
  return texts.join('\n');
}

test.concurrent('what is hidden is in no topic, log, page or output; verify and sweeps know it; other fields later are altered events', async (context) => {
  const name = 'privacy';
  const source = await simulate(context, {
    events: 600,
    rate: 80,
    poison: 0.05,
    lateShare: 0.2,
    lateByMs: 1_500,
    lateOffset: 'skips',
  });
  const keyFile = join(await mkdtemp(join(tmpdir(), 'privacy-')), 'key');
  const key = randomUUID() + randomUUID();
  await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
  const environment = environmentFor(name, source, {
    FIELDS_DROP: DROPPED.join(),
    FIELDS_HASH: HASHED.join(),
    FIELDS_HASH_KEY_FILE: keyFile,
    SWEEP_INTERVAL: '1s',
    SWEEP_LOOKBACK: '3s',
    LOG_LEVEL: 'debug',
  });
  const connector = await startLive(context, environment);
  await eventually('live events come', async () => ((await connector.committedEvents()) ?? 0) > 750);
  await source.change({ rate: 0 });
  const status = source.baseUrl.replace('/api/1.0', '/simulator/status');
  await eventually('all late events show', async () => {
    const { workspaces } = (await (await fetch(status)).json()) as { workspaces: { pending_late: number }[] };
    return workspaces.every((workspace) => workspace.pending_late === 0);
  });
  const dead = async () => (await recordsOf(`${name}.events.dead-letters`)).length;
  await eventually(
    'the topics have everything',
    async () => (await keysIn(`${name}.events`)).length + (await dead()) >= gidsOf(source).length,
  );
  const url = /"url":"([^"]+)"/.exec(await connector.log())?.[1];
  const pages = await Promise.all(
    ['/', '/status.json', '/metrics'].map(async (path) => (await fetch(`${url}${path}`)).text()),
  );
  await connector.stop(9_000);

  const { FIELDS_DROP: _, ...fewer } = environment;
  const [check, verified, ledger, tail, changed] = await Promise.all([
    runConnector(['check'], environment),
    runConnector(['verify'], environment),
    runConnector(['verify', '--ledger'], environment),
    runConnector(['tail', '--from-beginning', '--until-end', '--json'], environment),
    runConnector(['verify', '--json'], fewer),
  ]);
  expect(check.stdout).toContain(
    `dropped: ${DROPPED.join(', ')}; hashed: ${HASHED.join(', ')}, with the key in ${keyFile}`,
  );
  expect(verified.exitCode, verified.stdout).toBe(0);
  expect(verified.stdout).toContain('fields are hidden as configured');
  expect(ledger.exitCode, ledger.stdout).toBe(0);

  const records = await recordsOf(`${name}.events`);
  expect(new Set(records.map(({ key }) => String(key))).size).toBe(records.length);
  expect(records.filter(({ headers }) => headers.late === 'true').length).toBeGreaterThan(0);
  const all = [
    await written(name),
    await connector.log(),
    ...pages,
    ...[check, verified, ledger, tail].flatMap(({ stdout, stderr }) => [stdout, stderr]),
  ]
    .join('\n')
    // Of events that are too large for the topic: megabytes that would be searched for every secret.
    .replaceAll(/x{1000,}/g, 'x');
  const secrets = await secretsOf(source);
  expect(secrets.length).toBeGreaterThan(100);
  expect(secrets.filter((secret) => all.includes(secret)).slice(0, 3)).toEqual([]);
  expect(all).not.toContain(key);
  expect(all).toMatch(/"actor":\{[^}]*"email":"hmac-sha256:[0-9a-f]{64}"/);

  expect(changed.exitCode).toBe(1);
  const { missing, duplicate, altered, invented } = JSON.parse(changed.stdout);
  expect({ duplicate, invented }).toEqual({ duplicate: 0, invented: 0 });
  // What has no record is known by its content, which is another one now.
  expect(missing).toBeLessThanOrEqual(await dead());
  expect(altered).toBeGreaterThan(100);
});

test.concurrent('without the key nothing starts, and check says what is missing', async (context) => {
  const source = await simulate(context, { events: 10 });
  const environment = environmentFor('privacy-key', source, {
    FIELDS_HASH: 'actor.email',
    FIELDS_HASH_KEY_FILE: '/nowhere/key',
  });
  const results = await Promise.all(['run', 'check'].map((command) => runConnector([command], environment)));
  for (const { exitCode, stdout, stderr } of results) {
    expect(stdout + stderr).toMatch(/FIELDS_HASH_KEY_FILE cannot be read: ENOENT/);
    expect(exitCode).toBe(2);
  }
  expect(await keysIn('privacy-key.events').catch(() => [])).toEqual([]);
});
