/** How long after it became visible at the source an event is readable by a read_committed consumer. */

import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../dev/wait.ts';
import { readToEnd } from '../../src/kafka/read-to-end.ts';
import type { Bench, RowResult } from '../bench.ts';
import { checkClosedCount } from '../closed-count.ts';
import { readGid } from '../source/template.ts';
import { percentile } from '../statistics.ts';
import { whileFollowing } from '../subjects/following.ts';
import { epochMs } from '../subjects/measured.ts';
import { eventsTopic, topicsOf } from '../subjects/subjects.ts';
import { number } from '../table.ts';
import { watchTopic } from '../watch-topic.ts';

const ROW = 'live';
const RATE = 100;
const POLL_MS = 1_000;
const ROUND_TRIP_MS = 100;
const WINDOW_MS = 15_000;
const WARM_UP_MS = 10_000;
const START_TIMEOUT_MS = 60_000;

interface Seen {
  /** By window. */
  readonly latenciesMs: readonly (readonly number[])[];
  readonly requestsPerMinute: number;
}

export async function live(bench: Bench): Promise<RowResult> {
  const { stage } = bench;
  const run = bench.newRun('connector');
  await stage.createTopic(eventsTopic(run));
  await stage.source.reset({ rate: RATE, latencyMs: ROUND_TRIP_MS });
  const env = { POLL_INTERVAL: `${POLL_MS}ms` };
  const { latenciesMs, requestsPerMinute } = await whileFollowing(stage, run, env, () =>
    takeLatencies(bench, eventsTopic(run)),
  );
  await checkNothingMissing(bench, eventsTopic(run));
  await stage.deleteTopics(topicsOf(run));
  const figure = (name: string, share: number) => ({
    row: ROW,
    name: `live latency beyond poll and round trip, ${name}`,
    unit: 'ms',
    values: latenciesMs.map((window) => percentile(window, share) - POLL_MS - ROUND_TRIP_MS),
  });
  const note =
    `${RATE} events/s, poll ${POLL_MS} ms and round trip ${ROUND_TRIP_MS} ms taken off, so an event that came just before a poll ` +
    `is below 0; ${number(requestsPerMinute)} requests a minute`;
  return {
    figures: [
      { ...figure('p50', 0.5), note },
      { ...figure('p99', 0.99), goal: '<= 100' },
    ],
    failures: [],
  };
}

async function takeLatencies({ stage, reader, options, say }: Bench, topic: string): Promise<Seen> {
  const windows: number[][] = [];
  let current: number[] = [];
  // The record's time is `created_at`, and the source shows an event from then on.
  const watch = watchTopic(reader, topic, ({ timestampMs }) => current.push(epochMs() - timestampMs));
  await waitUntil(async () => current.length > 0 || undefined, {
    what: 'a first event',
    timeoutMs: START_TIMEOUT_MS,
  });
  await sleep(WARM_UP_MS);
  const before = await stage.source.status();
  for (let window = 0; window < options.runs; window += 1) {
    current = [];
    await sleep(WINDOW_MS);
    windows.push(current);
    const p99Ms = percentile(current, 0.99).toFixed(0);
    say(`${ROW} ${window + 1}/${options.runs}: ${current.length} events, p99 ${p99Ms} ms in all`);
  }
  const after = await stage.source.status();
  await watch.stop();
  const minutes = (WINDOW_MS * options.runs) / 60_000;
  return { latenciesMs: windows, requestsPerMinute: (after.requests - before.requests) / minutes };
}

/** The source goes on while the connector stops, so what counts is that nothing is missing before the last that came. */
async function checkNothingMissing({ reader }: Bench, topic: string): Promise<void> {
  let events = 0;
  for await (const { key } of readToEnd(reader, topic, new AbortController().signal))
    events = Math.max(events, (readGid(String(key))?.index ?? 0) + 1);
  await checkClosedCount(reader, topic, { workspaces: 1, events });
}
