/** Source to committed records without latency, against the naive script and the prototype, and the connector against itself. */

import type { Bench, RowResult } from '../bench.ts';
import { type CatchUp, catchUp, coresText, show } from '../catch-up.ts';
import type { Figure } from '../figure.ts';
import { interleave } from '../rounds.ts';
import { median } from '../statistics.ts';
import { connector, naiveScript, prototype } from '../subjects/subjects.ts';

const ROW = 'whole-path';

export async function wholePath(bench: Bench): Promise<RowResult> {
  const { events } = bench.options;
  const run = (subject: typeof naiveScript) => () => catchUp(bench, { subject, source: { events } });
  const { results, failures } = await interleave(
    bench,
    ROW,
    {
      naive: run(naiveScript),
      connector: run(connector()),
      prototype: run(prototype),
      again: run(connector()),
    },
    show,
  );
  if (results.connector.length === 0) return { figures: [], failures };
  const rate = (of: readonly CatchUp[]) => of.map(({ eventsPerSecond }) => eventsPerSecond);
  const cpu = (of: readonly CatchUp[]) => of.map(({ cpuSecondsPerMillion }) => cpuSecondsPerMillion);
  const figure = (name: string, unit: string, more: Omit<Figure, 'row' | 'name' | 'unit'>): Figure => ({
    row: ROW,
    name,
    unit,
    ...more,
  });
  const eventsText = events.toLocaleString('en');
  return {
    figures: [
      figure('whole path, no latency', 'events/s', {
        values: rate(results.connector),
        yardstick: { name: naiveScript.name, values: rate(results.naive) },
        goal: '>= 100,000',
        note: `${eventsText} events; cores used: ${coresText(results.connector)}`,
      }),
      figure('whole path against the prototype', 'events/s', {
        values: rate(results.connector),
        yardstick: { name: prototype.name, values: rate(results.prototype) },
        goal: 'ratio >= 1.3',
        note: `the prototype's cores: ${coresText(results.prototype)}`,
      }),
      figure('control: the connector against itself', 'events/s', {
        values: rate(results.again),
        yardstick: { name: 'connector', values: rate(results.connector) },
        note: 'A/A: how far its ratio is from 1 is the noise',
      }),
      figure('processor time', 's / million events', {
        values: cpu(results.connector),
        yardstick: { name: naiveScript.name, values: cpu(results.naive) },
        goal: '<= 9',
        note: `start of the process included; prototype ${median(cpu(results.prototype)).toFixed(1)}`,
      }),
      figure('peak memory on the whole path', 'MB', {
        values: results.connector.map(({ usage }) => usage.peakBytes / 1e6),
        yardstick: {
          name: naiveScript.name,
          values: results.naive.map(({ usage }) => usage.peakBytes / 1e6),
        },
        goal: '<= 256',
      }),
    ],
    failures,
  };
}
