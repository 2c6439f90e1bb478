/** The measured hand-overs as Markdown. */

import { percentile } from '../faults/statistics.ts';

export interface Measured {
  /** What was done. */
  readonly name: string;
  /** Until every stream of the group has committed where it belongs then. */
  readonly tookMs: number;
  /** Streams that changed their replica. */
  readonly moved: number;
  /** Of those that did not, how many had to begin another session. */
  readonly interrupted: number;
}

export interface Circumstances {
  /** When, what, where. */
  readonly about: string;
  /** Every event of the source is in the topic once. */
  readonly isProven: boolean;
}

const BEGIN = '<!-- measured -->';
const END = '<!-- end -->';

export function handoverTable(measured: readonly Measured[], { about, isProven }: Circumstances): string {
  const rows = [...Map.groupBy(measured, ({ name }) => name)].map(([name, each]) => {
    const times = each.map(({ tookMs }) => tookMs);
    const cells = [
      name,
      seconds(percentile(times, 0.5)),
      seconds(Math.max(...times)),
      range(each.map(({ moved }) => moved)),
      String(each.reduce((sum, { interrupted }) => sum + interrupted, 0)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| what happens | median | longest | streams that moved | interrupted, of those that stayed |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `Afterwards \`verify\` ${isProven ? 'found every event once' : 'FOUND SOMETHING ELSE than every event once'}. ${about}.`,
  ].join('\n');
}

const seconds = (valueMs = Number.NaN): string => `${(valueMs / 1_000).toFixed(1)} s`;

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least} to ${most}`;
}

/** The page with the table in its place. Throws where it has none. */
export function withTable(page: string, table: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
}
