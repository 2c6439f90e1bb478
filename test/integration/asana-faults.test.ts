import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Running } from '../faults/connector.ts';
import { timeToNextCommit } from '../faults/progress.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { pass, startRelay } from '../support/relay.ts';
import { keysIn } from '../support/topic.ts';
import { simulate, startLive } from './scene.ts';

const COMMIT_TIMEOUT_MS = 30_000;

async function readiness(connector: Running): Promise<{ streams: Record<string, string> }> {
  const url = /"url":"([^"]+)"/.exec(await connector.log())?.[1];
  return (await (await fetch(`${url}/readyz`)).json()) as { streams: Record<string, string> };
}

// Side by side: the first mostly waits for a token that does not come.
describe.concurrent('Asana', () => {
  test('a stream that Asana refuses with 401, 402, 403 or 404 halts with what to do, and the others go on', async (context) => {
    const source = await simulate(context, {
      events: 100,
      rate: 20,
      workspaces: ['1111', '2222', '3333'],
      token: '1111:good',
      personalToken: 'personal',
    });
    // One tier for all of them is what the source has.
    const relay = await startRelay(source.baseUrl, async ({ url = '' }, response, ask) => {
      if (!url.includes('/5555/')) return pass(response, await ask());
      response.writeHead(402).end(JSON.stringify({ errors: [{ message: 'Payment Required' }] }));
    });
    context.onTestFinished(() => relay.close());
    const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    for (const token of ['good', 'wrong', 'personal'])
      await writeFile(join(folder, token), token, { mode: 0o600 });
    const { ASANA_TOKEN: _, ...rest } = environmentFor('refused-streams', source);
    const connector = await startLive(context, {
      ...rest,
      ASANA_BASE_URL: relay.baseUrl,
      ASANA_WORKSPACES: '1111,2222,3333,4444,5555',
      ASANA_TOKEN_FILE: join(folder, 'good'),
      ASANA_TOKEN_FILE_2222: join(folder, 'wrong'),
      ASANA_TOKEN_FILE_3333: join(folder, 'personal'),
    });

    await eventually('four have halted', async () => {
      return ((await connector.log()).match(/"message":"the stream is halted"/g) ?? []).length === 4;
    });
    await timeToNextCommit(connector, 'of the fifth', COMMIT_TIMEOUT_MS);

    const halted = (await connector.log()).split('\n').filter((line) => line.includes('is halted'));
    const reasons = halted.map((line) => JSON.parse(line)).map(({ stream, code }) => `${stream} ${code}`);
    expect(reasons.sort()).toEqual([
      '2222 ASANA_UNAUTHORIZED',
      '3333 ASANA_FORBIDDEN',
      '4444 ASANA_WORKSPACE_UNKNOWN',
      '5555 ASANA_FORBIDDEN',
    ]);
    expect(halted.find((line) => line.includes('5555'))).toContain('Asana answered 402');
    expect((await readiness(connector)).streams).toMatchObject({
      '1111': 'live',
      '2222': 'halted',
      '3333': 'halted',
      '4444': 'halted',
      '5555': 'halted',
    });
  });

  test('a token that is revoked and replaced in its file is taken up while the connector runs', async (context) => {
    const source = await simulate(context, { events: 100, rate: 20, token: 'former-token' });
    const file = join(await mkdtemp(join(tmpdir(), 'token-')), 'token');
    await writeFile(file, 'former-token', { mode: 0o600 });
    const { ASANA_TOKEN: _, ...rest } = environmentFor('rotated', source);
    const connector = await startLive(context, { ...rest, ASANA_TOKEN_FILE: file });
    await timeToNextCommit(connector, 'with the former token', COMMIT_TIMEOUT_MS);

    // First revoked, then replaced: in between there is no token that Asana takes.
    await source.change({ token: 'next-token' });
    await writeFile(file, 'next-token\n');

    await timeToNextCommit(connector, 'with the next token', COMMIT_TIMEOUT_MS);
    await timeToNextCommit(connector, 'with the next token', COMMIT_TIMEOUT_MS);
    await source.change({ rate: 0 });
    await eventually('everything is there', async () => {
      return (await keysIn('rotated.events')).length >= gidsOf(source).length;
    });
    expect(await keysIn('rotated.events')).toEqual(gidsOf(source));
    expect(await connector.log()).not.toMatch(/halted|former-token|next-token/);
  });

  test('a gid that comes again with other content is the same event: it is published once', async (context) => {
    const source = await simulate(context, {
      events: 2_000,
      pageSize: 50,
      faults: 0.6,
      faultKinds: ['altered', 'overlap', 'same-offset'],
    });
    const environment = environmentFor('altered', source);

    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);

    expect(exitCode, stderr).toBe(0);
    expect(await keysIn('altered.events')).toEqual(gidsOf(source));
    await source.change({ faults: 0 });
    const { stdout } = await runConnector(['verify'], environment);
    expect(stdout).toMatch(/missing 0, duplicate 0, altered [1-9]\d*, invented 0/);
  });
});
