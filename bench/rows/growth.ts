/** The same events in one, ten and a hundred workspaces of one process. */

import type { Bench, RowResult } from '../bench.ts';
import { type CatchUp, catchUp, coresText, show } from '../catch-up.ts';
import type { Figure } from '../figure.ts';
import { interleave } from '../rounds.ts';
import { connector } from '../subjects/subjects.ts';

const ROW = 'growth';

export async function growth(bench: Bench): Promise<RowResult> {
  const run = (workspaces: number) => () => {
    const source = { events: Math.max(1, Math.floor(bench.options.events / workspaces)) };
    return catchUp(bench, { subject: connector({ workspaces }), source, workspaces });
  };
  const subjects = { one: run(1), ten: run(10), hundred: run(100) };
  const { results, failures } = await interleave(bench, ROW, subjects, show);
  if (results.one.length === 0) return { figures: [], failures };
  const of = (name: string, unit: string, value: (run: CatchUp) => number): Figure[] =>
    (
      [
        ['10', results.ten],
        ['100', results.hundred],
      ] as const
    ).map(([workspaces, runs]) => ({
      row: ROW,
      name: `${name}, ${workspaces} workspaces`,
      unit,
      values: runs.map(value),
      yardstick: { name: '1 workspace', values: results.one.map(value) },
      note: `${bench.options.events.toLocaleString('en')} events in all; cores used: ${coresText(runs)}`,
    }));
  return {
    figures: [
      ...of('throughput', 'events/s', ({ eventsPerSecond }) => eventsPerSecond),
      ...of('peak memory', 'MB', ({ usage }) => usage.peakBytes / 1e6),
      ...of('processor time', 's / million events', ({ cpuSecondsPerMillion }) => cpuSecondsPerMillion),
      ...of('requests to Asana', 'requests', ({ source }) => source.requests),
    ],
    failures,
  };
}
