/** The one table, as Markdown whose columns also line up on a terminal. */

import type { Failure, Figure } from './figure.ts';
import { ratios, type Summary, summarize } from './statistics.ts';

const HEAD = [
  'row',
  'figure',
  'unit',
  'median',
  'min – max',
  'runs',
  'yardstick',
  'its median',
  'ratio (min – max)',
  'goal',
];

export function renderTable(figures: readonly Figure[], failures: readonly Failure[]): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const notes = figures
    .filter(({ note }) => note !== undefined)
    .map(({ row, name, note }) => `- ${row}, ${name}: ${note}`);
  const failed = failures.map(
    ({ row, reason }) => `- **FAILED** ${row}: ${reason.split('\n').slice(0, 3).join(' / ')}`,
  );
  return [...rows.map(line), '', ...notes, ...failed].join('\n');
}

function cells({ row, name, unit, values, yardstick, goal = '' }: Figure): string[] {
  const own = summarize(values);
  const start = [row, name, unit, number(own.median), range(own), String(own.runs)];
  if (yardstick === undefined) return [...start, '', '', '', goal];
  const of = summarize(ratios(values, yardstick.values));
  const ratio = `${of.median.toFixed(2)} (${of.min.toFixed(2)} – ${of.max.toFixed(2)})`;
  return [...start, yardstick.name, number(summarize(yardstick.values).median), ratio, goal];
}

const range = ({ min, max }: Summary): string => `${number(min)} – ${number(max)}`;

/** Three digits that count, or all before the point. */
export function number(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 6) });
}
