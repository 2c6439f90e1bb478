/** `make screenshot`: runs the connector for real, and keeps a picture of its status page as docs/images/status-page.png. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StatusDocument } from '../src/observe/status/document.ts';
import { startChromium } from './chromium.ts';
import { startServices } from './demo/services.ts';
import { waitUntil } from './wait.ts';

const PICTURE = join(import.meta.dirname, '../docs/images/status-page.png');
const BACKLOG = { events: '1500000', days: '80', rate: '20' };
// The chart has some minutes then, and there is still something to do.
const DONE_RATIO = 0.6;
const TIMEOUT_MS = 30 * 60_000;

async function main(signal: AbortSignal): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'screenshot-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const say = (line: string) => console.error(line);
  const { metricsUrl } = await startServices(BACKLOG, { folder, cleanup, say, signal });
  const url = new URL('/', metricsUrl);
  say(`waiting until ${DONE_RATIO * 100} % of the backlog is read, some minutes: ${url}`);
  await reach(new URL('/status.json', url), signal);
  await takePicture(url);
  say(`wrote ${PICTURE}`);
}

async function reach(url: URL, signal: AbortSignal): Promise<void> {
  const probe = async (end: AbortSignal) => {
    const document = (await (await fetch(url, { signal: end })).json()) as StatusDocument;
    return (document.streams[0]?.progress?.done_ratio ?? 0) >= DONE_RATIO || undefined;
  };
  await waitUntil(probe, {
    what: 'the backlog to be read',
    timeoutMs: TIMEOUT_MS,
    intervalMs: 1_000,
    signal,
  });
}

async function takePicture(url: URL): Promise<void> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({
      viewport: { width: 1080, height: 720 },
      deviceScaleFactor: 2,
      colorScheme: 'light',
      locale: 'en-GB',
    });
    await page.goto(url.href);
    await page.locator('#about:not(:empty)').waitFor();
    await mkdir(dirname(PICTURE), { recursive: true });
    await page.screenshot({ path: PICTURE, fullPage: true });
  } finally {
    await browser.close();
  }
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());

await main(stop.signal);
