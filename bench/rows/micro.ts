/** Parse, map and encode, each against its bound, in a process of their own. */

import { join } from 'node:path';
import type { Bench, RowResult } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { runMeasured } from '../subjects/measured.ts';
import type { MicroResult } from '../subjects/micro-result.ts';

const ROW = 'encode';
const TIMEOUT_MS = 10 * 60_000;
const SCRIPT = join(import.meta.dirname, '../subjects/micro.ts');

export async function microRows({ stage, options }: Bench): Promise<RowResult> {
  const env = { BENCH_RUNS: String(options.runs) };
  const command = { name: 'micro', command: process.execPath, args: [SCRIPT], env, timeoutMs: TIMEOUT_MS };
  const { output } = await runMeasured(command, stage.folder);
  const { pairs, sizes } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as MicroResult;
  const times = pairs.map(
    ({ name, boundName, bound, subject }): Figure => ({
      row: ROW,
      name,
      unit: 'processor ns / event',
      values: subject,
      yardstick: { name: boundName, values: bound },
      note: `${Math.round(1e9 / median(subject)).toLocaleString('en')} events/s on one core`,
    }),
  );
  const size = (name: string, unit: string, value: number, more: Partial<Figure> = {}): Figure => ({
    row: ROW,
    name,
    unit,
    values: [value],
    ...more,
  });
  const { jsonBytes, avroBytes, share, shareWithoutSaml, samlEvents } = sizes;
  return {
    figures: [
      ...times,
      size('size', 'bytes / event', avroBytes, {
        yardstick: { name: 'its JSON', values: [jsonBytes] },
        note: 'always the same: one run',
      }),
      size('size without SAML responses', '% of JSON', 100 * shareWithoutSaml, { goal: '<= 60' }),
      size('size with SAML responses', '% of JSON', 100 * share, {
        note: `${(100 * samlEvents).toFixed(1)} % of the events have one`,
      }),
    ],
    failures: [],
  };
}
