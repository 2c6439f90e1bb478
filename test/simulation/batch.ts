/** Many runs, one after the other, and what they came to. */

import type { Invariant, Violation } from '../../src/verify/violation.ts';
import { simulate } from './simulate.ts';

export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** Plain data: it goes from process to process. */
export interface BatchResult {
  readonly runs: number;
  readonly failures: readonly Failure[];
  readonly coverage: readonly (readonly [string, number])[];
  readonly events: number;
  readonly transactions: number;
  readonly virtualMs: number;
}

export interface BatchOptions {
  /** Stop at the first run that violates it. */
  readonly until?: Invariant | undefined;
  readonly onFailure?: (failure: Failure) => void;
}

export async function runBatch(seeds: Iterable<number>, options: BatchOptions = {}): Promise<BatchResult> {
  const failures: Failure[] = [];
  const coverage = new Map<string, number>();
  const sums = { runs: 0, events: 0, transactions: 0, virtualMs: 0 };
  for (const seed of seeds) {
    const run = await simulate(seed);
    sums.runs++;
    sums.events += run.figures.events;
    sums.transactions += run.figures.transactions;
    sums.virtualMs += run.figures.durationMs;
    for (const [name, count] of run.coverage.counts) coverage.set(name, (coverage.get(name) ?? 0) + count);
    if (run.violations.length === 0) continue;
    const failure = { seed, violations: run.violations };
    failures.push(failure);
    options.onFailure?.(failure);
    if (run.violations.some(({ invariant }) => invariant === options.until)) break;
  }
  return { ...sums, failures, coverage: [...coverage] };
}

export function* seedsFrom(first: number, count: number, step = 1): Generator<number> {
  for (let seed = first; seed < first + count * step; seed += step) yield seed;
}

export function mergeResults(results: readonly BatchResult[]): BatchResult {
  const coverage = new Map<string, number>();
  for (const [name, count] of results.flatMap((result) => result.coverage))
    coverage.set(name, (coverage.get(name) ?? 0) + count);
  const sum = (of: (result: BatchResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    runs: sum(({ runs }) => runs),
    failures: results.flatMap(({ failures }) => failures).sort((a, b) => a.seed - b.seed),
    coverage: [...coverage],
    events: sum(({ events }) => events),
    transactions: sum(({ transactions }) => transactions),
    virtualMs: sum(({ virtualMs }) => virtualMs),
  };
}
