import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StatusDocument } from '../../src/observe/status/document.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { environmentFor, eventually, runConnector } from '../support/connector.ts';
import { metricOf, simulate, startLive } from './scene.ts';

const [WELL, HALTED] = ['1201234567890123', '1201234567890456'];
const TOKEN = 'a-token-that-nobody-may-see';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

test('page, /status.json, /readyz, /livez and the command say the same of a real connector with a halted stream, and none shows a token', async (context) => {
  const source = await simulate(context, {
    workspaces: [WELL, HALTED],
    token: TOKEN,
    events: 2_000,
    rate: 20,
  });
  const folder = await mkdtemp(join(tmpdir(), 'status-'));
  const tokenFiles = { right: join(folder, 'right'), wrong: join(folder, 'wrong') };
  await writeFile(tokenFiles.right, TOKEN, { mode: 0o600 });
  await writeFile(tokenFiles.wrong, `${TOKEN}-revoked`, { mode: 0o600 });
  const { ASANA_TOKEN: _, ...environment } = environmentFor('status', source, {
    ASANA_TOKEN_FILE: tokenFiles.right,
    [`ASANA_TOKEN_FILE_${HALTED}`]: tokenFiles.wrong,
  });
  const connector = await startLive(context, environment);
  let url = '';
  await eventually('it has an address', async () => {
    url = /"url":"([^"]+)"/.exec(await connector.log())?.[1] ?? '';
    return url !== '';
  });
  const read = async (path: string) => (await fetch(url + path)).text();
  const document = async () => JSON.parse(await read('/status.json')) as StatusDocument;
  const stateOf = async (stream: string) =>
    (await document()).streams.find((each) => each.stream === stream)?.state;
  await eventually('one stream is live', async () => (await stateOf(WELL)) === 'live');
  await eventually('the other one is halted', async () => (await stateOf(HALTED)) === 'halted');
  await source.change({ rate: 0 });

  await eventually('the counts agree', async () => {
    const counted = (await document()).streams.reduce(
      (sum, { events_committed }) => sum + events_committed,
      0,
    );
    return counted >= 2_000 && counted === (await metricOf(connector, 'asana_audit_events_committed_total'));
  });
  const [well, halted] = (await document()).streams;
  expect(well).toMatchObject({ lag_seconds: expect.closeTo(0, -1), concerns: [], budget: '1' });
  expect(halted).toMatchObject({
    concerns: ['halted'],
    budget: '2',
    last_error: { code: 'ASANA_UNAUTHORIZED', message: 'Asana answered 401 Unauthorized', ongoing: true },
  });
  expect(JSON.parse(await read('/livez'))).toEqual({ ok: true });
  expect(JSON.parse(await read('/readyz'))).toMatchObject({
    ok: false,
    streams: { [WELL]: 'live', [HALTED]: 'halted' },
    reasons: { [HALTED]: expect.stringContaining('ASANA_UNAUTHORIZED') },
  });

  const { exitCode, stdout } = await runConnector(['status', '--url', url], environment);
  expect(stdout).toMatch(/^1 of 2 streams needs attention\. 1 halted\. The other 1 is well\.\n/);
  expect(stdout).toContain('next step: put a valid service account token into ASANA_TOKEN_FILE');
  expect(exitCode).toBe(1);
  if (browser) {
    const shown = await openPage(browser, url, { device: 'desktop', scheme: 'light' }, context);
    await shown.keep('real-halted');
    expect(await shown.page.locator('main').innerText()).toMatch(
      /1 of 2 streams needs attention[\s\S]*Next step: put a valid/,
    );
    expect(shown.complaints).toEqual([]);
  }
  const paths = ['/', '/status.json', '/readyz', '/livez', '/metrics'];
  const all = [...(await Promise.all(paths.map(read))), stdout].join();
  expect(all).not.toContain(TOKEN);
  expect(all).not.toMatch(/[\w.]+@[\w.]+/);

  expect(await connector.stop(9_000)).toEqual({ code: 1, signal: null });
  const gone = await runConnector(['status', '--url', url], environment);
  expect(gone.stderr).toMatch(/no connector can be asked on .*\n {2}next step: /);
  expect(gone.exitCode).toBe(1);
});
