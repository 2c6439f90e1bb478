/** Rounds of runs, one after the other: what is compared ran within the same minute. */

import type { Bench } from './bench.ts';
import type { Failure } from './figure.ts';

export interface Rounds<K extends string, T> {
  /** Only of rounds in which every run added up, so that place n of each is of the same round. */
  readonly results: Readonly<Record<K, readonly T[]>>;
  readonly failures: readonly Failure[];
}

/**
 * In each round every subject once, in the order given and in the next round backwards: who always came second would have a
 * warmer, or a fuller, broker. Where one fails, the whole round is left out and reported.
 */
export async function interleave<K extends string, T>(
  bench: Bench,
  row: string,
  subjects: Readonly<Record<K, () => Promise<T>>>,
  show: (result: T) => string,
): Promise<Rounds<K, T>> {
  const names = Object.keys(subjects) as K[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, T[]>;
  const failures: Failure[] = [];
  for (let round = 0; round < bench.options.runs; round += 1) {
    const found = new Map<K, T>();
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      try {
        const result = await subjects[name]();
        found.set(name, result);
        bench.say(`${row} ${round + 1}/${bench.options.runs} ${name}: ${show(result)}`);
      } catch (error) {
        const reason = `${name}: ${error instanceof Error ? error.message : error}`;
        failures.push({ row, reason });
        bench.say(`${row} ${round + 1}/${bench.options.runs} FAILED ${reason}`);
      }
    }
    if (found.size < names.length) continue;
    for (const [name, result] of found) results[name].push(result);
  }
  return { results, failures };
}
