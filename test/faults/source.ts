/** The simulator as a process of its own: its work must not delay what a test aims at. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../dev/process.ts';
import { waitUntil } from '../../dev/wait.ts';
import type { SourceEvent } from '../../src/verify/evidence.ts';
import { EXECUTABLE } from './connector.ts';

export interface Source {
  /** Of the API. */
  readonly baseUrl: string;
  readonly port: number;
  /** No more new events and no more faults; resolves once everything shows that is late. */
  settle(): Promise<void>;
  /** Every event that it shows now. */
  truth(): Promise<SourceEvent[]>;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
// Of the events that happen while it runs; 2 s is below the sweeps' lookback of the lanes.
const LATE = { 'late-share': 0.2, 'late-by': '2s', 'late-offset': 'skips' };
const SETTLED = { rate: 0, faults: 0, latency: '0s', 'offset-lifetime': '0s' };
const DATE_RESOLUTION_MS = 1_000;
const SETTLE_TIMEOUT_MS = 30_000;

/** @param flags of `asana-audit-kafka simulate`, without the dashes */
export async function startSource(
  flags: Record<string, string | number>,
  folder: string,
  name: string,
): Promise<Source> {
  const logFile = join(folder, `${name}-simulator.log`);
  const args = Object.entries({ port: 0, ...LATE, ...flags }).map(([flag, value]) => `--${flag}=${value}`);
  const child = await startChild({
    command: EXECUTABLE,
    args: ['simulate', ...args],
    env: { PATH: process.env.PATH ?? '' },
    logFile,
  });
  const baseUrl = await waitUntil(async () => /serving (\S+)/.exec(await readFile(logFile, 'utf8'))?.[1], {
    what: `the simulator to serve (see ${logFile})`,
    timeoutMs: START_TIMEOUT_MS,
  });
  const control = baseUrl.replace('/api/1.0', '/simulator');
  const change = async (options: Record<string, string | number>) => {
    const answer = await fetch(`${control}/options`, { method: 'POST', body: JSON.stringify(options) });
    if (!answer.ok)
      throw new Error(`the simulator refused ${JSON.stringify(options)}: ${await answer.text()}`);
    await answer.body?.cancel();
  };
  return {
    baseUrl,
    port: Number(new URL(baseUrl).port),
    settle: async () => {
      await change(SETTLED);
      // What is complete as of the answer that comes next is so beyond the last event, by the Date header too.
      await sleep(DATE_RESOLUTION_MS);
      await waitUntil(async () => (await pendingLate(control)) === 0 || undefined, {
        what: 'all late events to show',
        timeoutMs: SETTLE_TIMEOUT_MS,
      });
    },
    truth: async () => {
      const answer = await fetch(`${control}/truth`);
      const events: SourceEvent[] = [];
      for await (const line of linesOf(answer.body ?? [])) {
        const { gid, sha256 } = JSON.parse(line) as { gid: string; sha256: string };
        events.push({ id: gid, hash: Buffer.from(sha256, 'hex').toString('base64url') });
      }
      return events;
    },
    close: async () => {
      await child.stop(1_000);
    },
  };
}

async function pendingLate(control: string): Promise<number> {
  const status = (await (await fetch(`${control}/status`)).json()) as {
    workspaces: { pending_late: number }[];
  };
  return status.workspaces.reduce((sum, { pending_late }) => sum + pending_late, 0);
}

async function* linesOf(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
