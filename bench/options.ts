/** The command line of the benchmark, which `make bench` fills from its variables. */

import { parseArgs } from 'node:util';
import { countOf } from '../dev/arguments.ts';
import type { BenchOptions } from './bench.ts';

export interface Arguments extends BenchOptions {
  /** Names of rows, in the order of the table. */
  readonly rows: readonly string[];
  readonly profile: boolean;
}

/** Throws with what is wrong. A row may be named by its beginning: `catch-up` means all of those. */
export function readArguments(argv: readonly string[], known: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rows: { type: 'string', default: '' },
      runs: { type: 'string', default: '5' },
      events: { type: 'string', default: '1000000' },
      'limited-events': { type: 'string', default: '2000000' },
      big: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  });
  return {
    rows: selectRows(values.rows, known),
    runs: countOf('--runs', values.runs),
    events: countOf('--events', values.events),
    limitedEvents: countOf('--limited-events', values['limited-events']),
    big: values.big,
    profile: values.profile,
  };
}

function selectRows(text: string, known: readonly string[]): readonly string[] {
  const wanted = text.split(',').filter((name) => name !== '');
  const unknown = wanted.filter((name) => !known.some((row) => row.startsWith(name)));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return known.filter((row) => wanted.length === 0 || wanted.some((name) => row.startsWith(name)));
}
