/** How fast a backlog is caught up with where every page takes its time, as Asana's do. */

import type { Bench, Row, RowResult } from '../bench.ts';
import { catchUp, coresText, show } from '../catch-up.ts';
import { interleave } from '../rounds.ts';
import { connector, naiveScript } from '../subjects/subjects.ts';
import { number } from '../table.ts';

const PAGE = 1_000;
const GOALS: Readonly<Record<number, string>> = { 250: '>= 60,000' };
/** The naive script is steady: a few seconds of it say all. */
const NAIVE_MS = 5_000;
const NAIVE_PAGES = 10;

export const catchUpUnlimited =
  (latencyMs: number): Row =>
  async (bench) => {
    const row = `catch-up-${latencyMs}`;
    const { events } = bench.options;
    const naiveEvents = PAGE * Math.max(NAIVE_PAGES, Math.round(NAIVE_MS / latencyMs));
    const { results, failures } = await interleave(
      bench,
      row,
      {
        naive: () => catchUp(bench, { subject: naiveScript, source: { events: naiveEvents, latencyMs } }),
        connector: () => catchUp(bench, { subject: connector(), source: { events, latencyMs } }),
      },
      show,
    );
    if (results.connector.length === 0) return { figures: [], failures };
    const inFlight = Math.max(...results.connector.map(({ source }) => source.maxInFlight));
    const requests = results.connector.map(({ source }) => source.requests / (events / PAGE));
    const note =
      `${number(events)} events; at most ${inFlight} requests in flight; ${number(Math.max(...requests))} requests for a page of events; ` +
      `peak ${number(Math.max(...results.connector.map(({ usage }) => usage.peakBytes / 1e6)))} MB; cores used: ${coresText(results.connector)}`;
    const goal = GOALS[latencyMs];
    return {
      figures: [
        {
          row,
          name: `catch-up at ${latencyMs} ms a page, unlimited`,
          unit: 'events/s',
          values: results.connector.map(({ eventsPerSecond }) => eventsPerSecond),
          yardstick: {
            name: naiveScript.name,
            values: results.naive.map(({ eventsPerSecond }) => eventsPerSecond),
          },
          note,
          ...(goal !== undefined && { goal }),
        },
      ],
      failures,
    };
  };

const QUOTA_PER_MINUTE = 1_500;
const QUOTA_EVENTS_PER_SECOND = (QUOTA_PER_MINUTE / 60) * PAGE;
const LIMITED_LATENCY_MS = 250;

export async function catchUpLimited(bench: Bench): Promise<RowResult> {
  const row = 'catch-up-limited';
  const source = {
    events: bench.options.limitedEvents,
    latencyMs: LIMITED_LATENCY_MS,
    requestsPerMinute: QUOTA_PER_MINUTE,
  };
  const subject = connector({ env: { ASANA_REQUESTS_PER_MINUTE: String(QUOTA_PER_MINUTE) } });
  const { results, failures } = await interleave(
    bench,
    row,
    { connector: () => catchUp(bench, { subject, source }) },
    show,
  );
  const runs = results.connector;
  if (runs.length === 0) return { figures: [], failures };
  const seconds = runs.map((run) => run.seconds);
  return {
    figures: [
      {
        row,
        name: 'catch-up at 250 ms a page, 1,500 requests a minute enforced',
        unit: 'events/s',
        values: runs.map(({ eventsPerSecond }) => eventsPerSecond),
        yardstick: { name: 'the quota in full pages', values: runs.map(() => QUOTA_EVENTS_PER_SECOND) },
        goal: 'ratio >= 0.9',
        note:
          `${number(source.events)} events in ${number(Math.min(...seconds))} to ${number(Math.max(...seconds))} s; ` +
          `under a minute it would prove nothing; cores used: ${coresText(runs)}`,
      },
      {
        row,
        name: 'requests refused',
        unit: 'requests',
        values: runs.map((run) => run.source.refused),
        goal: '0',
      },
    ],
    failures,
  };
}
