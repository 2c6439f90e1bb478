/** What a connector costs while nothing happens. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, RowResult } from '../bench.ts';
import { cpuMsOf, residentBytesOf } from '../cores.ts';
import { whileFollowing } from '../subjects/following.ts';
import { eventsTopic, topicsOf } from '../subjects/subjects.ts';

const ROW = 'idle';
const EVENTS = 1_000;
const WARM_UP_MS = 15_000;
const WINDOW_MS = 60_000;
const WINDOWS_AN_HOUR = 3_600_000 / WINDOW_MS;

interface Sample {
  readonly requests: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
}

export async function idle(bench: Bench): Promise<RowResult> {
  const { stage } = bench;
  const run = bench.newRun('connector');
  await stage.createTopic(eventsTopic(run));
  await stage.source.reset({ events: EVENTS });
  const samples = await whileFollowing(stage, run, {}, (pid) => takeSamples(bench, pid));
  await stage.deleteTopics(topicsOf(run));
  const figure = (name: string, unit: string, value: (sample: Sample) => number) => ({
    row: ROW,
    name,
    unit,
    values: samples.map(value),
  });
  const note =
    `scaled from ${WINDOW_MS / 1_000} s, default settings; ` +
    'sweeps (every 15 minutes) come on top where none fell into it';
  return {
    figures: [
      { ...figure('idle requests', 'requests / hour', ({ requests }) => requests * WINDOWS_AN_HOUR), note },
      figure('idle processor time', 's / hour', ({ cpuMs }) => (cpuMs / 1_000) * WINDOWS_AN_HOUR),
      figure('idle memory', 'MB', ({ residentBytes }) => residentBytes / 1e6),
    ],
    failures: [],
  };
}

async function takeSamples({ stage, options, say }: Bench, pid: number): Promise<Sample[]> {
  await sleep(WARM_UP_MS);
  const samples: Sample[] = [];
  for (let window = 0; window < options.runs; window += 1) {
    const [before, cpuBeforeMs] = [await stage.source.status(), await cpuMsOf(pid)];
    await sleep(WINDOW_MS);
    const [after, cpuAfterMs] = [await stage.source.status(), await cpuMsOf(pid)];
    const requests = after.requests - before.requests;
    samples.push({ requests, cpuMs: cpuAfterMs - cpuBeforeMs, residentBytes: await residentBytesOf(pid) });
    say(`${ROW} ${window + 1}/${options.runs}: ${requests} requests in ${WINDOW_MS / 1_000} s`);
  }
  return samples;
}
