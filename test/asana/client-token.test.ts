import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { NO_EVENTS, type Script, scriptedAsana } from './scripted-asana.ts';

const query = { filters: {} };
const { signal } = new AbortController();
let file: string;

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'client-token-')), 'token');
  await writeFile(file, 'old', { mode: 0o600 });
});
afterEach(() => rm(join(file, '..'), { recursive: true }));

const tokensOf = ({ requests }: ReturnType<typeof scriptedAsana>) =>
  requests.map(({ authorization }) => authorization?.replace('Bearer ', ''));

/** A client that has used the old token already, and the script for what comes then. */
async function afterOnePage(script: Script) {
  const asana = scriptedAsana([NO_EVENTS, ...script]);
  const client = asana.newClient({ file });
  await client.fetchPage(query, undefined, signal);
  return {
    ...asana,
    asana,
    fetch: () => asana.clock.runUntilSettled(client.fetchPage(query, undefined, signal)),
  };
}

test('a rotated token is taken up after a 401, at once and without a failure being reported', async () => {
  const { asana, clock, seen, fetch } = await afterOnePage([{ status: 401 }, NO_EVENTS]);
  await writeFile(file, 'new\n');
  await fetch();
  expect(tokensOf(asana)).toEqual(['old', 'old', 'new']);
  expect(clock.monotonicMs()).toBe(0);
  expect(seen.filter((line) => !line.startsWith('ended'))).toEqual([]);
});

test('the file is not read again while its token works', async () => {
  const { asana, fetch } = await afterOnePage([NO_EVENTS]);
  await writeFile(file, 'new');
  await fetch();
  expect(tokensOf(asana)).toEqual(['old', 'old']);
});

test('the same token in the file halts the stream after one request', async () => {
  const { asana, fetch } = await afterOnePage([{ status: 401 }]);
  await expect(fetch()).rejects.toMatchObject({ code: 'ASANA_UNAUTHORIZED', disposition: 'halt-stream' });
  expect(tokensOf(asana)).toEqual(['old', 'old']);
});

test('a new token that is refused as well halts the stream', async () => {
  const { asana, fetch } = await afterOnePage([{ status: 401 }]);
  await writeFile(file, 'new');
  await expect(fetch()).rejects.toMatchObject({ code: 'ASANA_UNAUTHORIZED' });
  expect(tokensOf(asana)).toEqual(['old', 'old', 'new']);
});

test('a file that has gone halts the stream, and the file is what it says', async () => {
  const { fetch } = await afterOnePage([{ status: 401 }]);
  await rm(file);
  await expect(fetch()).rejects.toMatchObject({
    code: 'ASANA_UNAUTHORIZED',
    message: expect.stringContaining(file),
  });
});

test('no request leaves without a token', async () => {
  await rm(file);
  const asana = scriptedAsana([NO_EVENTS]);
  await expect(asana.newClient({ file }).fetchPage(query, undefined, signal)).rejects.toMatchObject({
    code: 'ASANA_UNAUTHORIZED',
  });
  expect(asana.requests).toHaveLength(0);
});

test('a token value that is refused halts the stream', async () => {
  const asana = scriptedAsana([{ status: 401 }]);
  await expect(asana.newClient().fetchPage(query, undefined, signal)).rejects.toMatchObject({
    code: 'ASANA_UNAUTHORIZED',
  });
  expect(asana.requests).toHaveLength(1);
});

test('of two requests that a rotation meets at once, both go on with the new token', async () => {
  const late = { status: 401, tookMs: 100 };
  const asana = scriptedAsana([NO_EVENTS, { status: 401 }, late, NO_EVENTS]);
  const client = asana.newClient({ file });
  await client.fetchPage(query, undefined, signal);
  await writeFile(file, 'new');
  const both = [client.fetchPage(query, undefined, signal), client.fetchPage(query, undefined, signal)];
  await both[0];
  await asana.clock.runUntilSettled(Promise.all(both));
  expect(tokensOf(asana)).toEqual(['old', 'old', 'old', 'new', 'new']);
});

test('a rotation in the middle of an outage is no attempt of its own', async () => {
  const down = new ConnectorError('ASANA_UNREACHABLE', 'scripted');
  const { seen, fetch } = await afterOnePage([down, { status: 401 }, down, NO_EVENTS]);
  await writeFile(file, 'new');
  await fetch();
  expect(seen.filter((line) => line.startsWith('failed'))).toEqual([
    'failed ASANA_UNREACHABLE 0 500',
    'failed ASANA_UNREACHABLE 1 1000',
  ]);
});

test('neither an error nor an observation shows the token', async () => {
  const { seen, fetch } = await afterOnePage([{ status: 401 }]);
  const error = await fetch().catch((thrown) => thrown);
  expect(`${error.stack}${JSON.stringify(error)}${seen}`).not.toMatch(/Bearer|old/);
});
