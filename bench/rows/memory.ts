/** Peak memory by the length of the backlog: flat, if it is bounded. */

import type { Bench, RowResult } from '../bench.ts';
import { type CatchUp, catchUp, show } from '../catch-up.ts';
import { interleave } from '../rounds.ts';
import { connector } from '../subjects/subjects.ts';

const BACKLOGS = { small: 100_000, middle: 1_000_000 };
const BIG_BACKLOG = 10_000_000;
const ROW = 'memory';

export async function memory(bench: Bench): Promise<RowResult> {
  const run = (events: number) => () => catchUp(bench, { subject: connector(), source: { events } });
  const subjects = { small: run(BACKLOGS.small), middle: run(BACKLOGS.middle) };
  const { results, failures } = await interleave(bench, ROW, subjects, show);
  const figure = (name: string, of: readonly CatchUp[], small: readonly CatchUp[]) => ({
    row: ROW,
    name,
    unit: 'MB',
    values: of.map(({ usage }) => usage.peakBytes / 1e6),
    yardstick: { name: 'at 100,000', values: small.map(({ usage }) => usage.peakBytes / 1e6) },
    goal: '<= 256, ratio 1',
    note: 'VmHWM of the connector, no latency',
  });
  const figures =
    results.middle.length === 0
      ? []
      : [figure('peak memory at 1,000,000 events', results.middle, results.small)];
  if (!bench.options.big || figures.length === 0) return { figures, failures };
  // Once: it takes long, and what would grow by the event is seen at once.
  const once = { ...bench, options: { ...bench.options, runs: 1 } };
  const big = await interleave(once, ROW, { big: run(BIG_BACKLOG) }, show);
  if (big.results.big.length > 0)
    figures.push(figure('peak memory at 10,000,000 events', big.results.big, results.small.slice(0, 1)));
  return { figures, failures: [...failures, ...big.failures] };
}
