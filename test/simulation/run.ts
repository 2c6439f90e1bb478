/**
 * `node test/simulation/run.ts --seeds N [--from S] [--seed S --trace]`: simulates, and says what was violated; of the one seed of
 * `--seed`, and of each that fails, also the options that it stands for.
 *
 * Exits 1 if anything was. `--processes P` shares the seeds, `--json` prints one line of JSON, `--until INVARIANT` stops at the
 * first seed that violates it.
 */

import { parseArgs } from 'node:util';
import { countOf, readOrExit } from '../../dev/arguments.ts';
import { INVARIANTS } from '../../src/verify/violation.ts';
import { type BatchResult, type Failure, mergeResults, runBatch, seedsFrom } from './batch.ts';
import { runChild } from './child.ts';
import { missingFrom } from './expected-coverage.ts';
import { scheduleFaults } from './faults.ts';
import { planOf } from './plan.ts';
import { scheduleMoves } from './plan-replicas.ts';
import { simulate } from './simulate.ts';

/** Fewer seeds than this need not meet every fault. */
const ENOUGH_FOR_COVERAGE = 500;
const MOST_DETAILS = 5;
const TIMEOUT_A_SEED_MS = 30_000;
const SEEDS_A_CHILD = 250;

const values = readOrExit(() => {
  const { values: texts } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      step: { type: 'string', default: '1' },
      seed: { type: 'string' },
      processes: { type: 'string', default: '1' },
      until: { type: 'string' },
      trace: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const until = INVARIANTS.find((invariant) => invariant === texts.until);
  if (texts.until !== undefined && until === undefined)
    throw new Error(`--until: no invariant ${texts.until}; there are ${INVARIANTS.join(', ')}`);
  return {
    ...texts,
    seeds: countOf('--seeds', texts.seeds),
    from: countOf('--from', texts.from),
    step: countOf('--step', texts.step),
    seed: texts.seed === undefined ? undefined : countOf('--seed', texts.seed),
    processes: countOf('--processes', texts.processes),
    until,
  };
});

process.exitCode = values.seed === undefined ? await runMany() : await runOne(values.seed);

async function runOne(seed: number): Promise<number> {
  const run = await simulate(seed, values.trace ? console.log : undefined);
  describe({ seed, violations: run.violations });
  console.log(`trace ${run.digest}`);
  console.log(`${run.violations.length} violations; ${JSON.stringify(run.figures)}`);
  return run.violations.length > 0 ? 1 : 0;
}

async function runMany(): Promise<number> {
  const startedMs = performance.now();
  const result = await runAll(values.from, values.seeds, values.processes);
  if (values.json) console.log(JSON.stringify(result));
  else summarize(result, performance.now() - startedMs);
  return result.failures.length > 0 ? 1 : 0;
}

async function runAll(first: number, count: number, processes: number): Promise<BatchResult> {
  if (processes > 1) {
    const result = mergeResults(await runShares(first, count, processes));
    if (!values.json) result.failures.forEach(describe);
    return result;
  }
  return runBatch(seedsFrom(first, count, values.step), {
    until: values.until,
    ...(values.json ? {} : { onFailure: describe }),
  });
}

/** In processes side by side, each for a share of the seeds: a simulated process that is killed leaves its memory behind. */
async function runShares(first: number, count: number, processes: number): Promise<BatchResult[]> {
  const shares = Array.from({ length: Math.ceil(count / SEEDS_A_CHILD) }, (_, at) => ({
    first: first + at * SEEDS_A_CHILD,
    count: Math.min(SEEDS_A_CHILD, count - at * SEEDS_A_CHILD),
  }));
  const results: BatchResult[] = [];
  const worker = async () => {
    for (let share = shares.shift(); share !== undefined; share = shares.shift()) {
      results.push(await runChild({ ...share, timeoutMs: share.count * TIMEOUT_A_SEED_MS }));
    }
  };
  await Promise.all(Array.from({ length: processes }, worker));
  return results;
}

function describe({ seed, violations }: Failure): void {
  const plan = planOf(seed);
  console.log(`seed ${seed}: ${JSON.stringify(plan)}`);
  for (const { atMs, fault } of scheduleFaults(plan))
    console.log(`  at ${atMs.toFixed(0)} ms ${JSON.stringify(fault)}`);
  for (const { atMs, move } of scheduleMoves(plan))
    console.log(`  at ${atMs.toFixed(0)} ms ${JSON.stringify(move)}`);
  for (const { invariant, detail } of violations.slice(0, MOST_DETAILS))
    console.log(`  VIOLATED ${invariant}: ${detail}`);
  if (violations.length > MOST_DETAILS) console.log(`  and ${violations.length - MOST_DETAILS} more`);
}

function summarize(result: BatchResult, durationMs: number): void {
  const coverage = new Map(result.coverage);
  console.log('met, and how often:');
  for (const [name, count] of [...coverage].sort()) console.log(`  ${String(count).padStart(8)}  ${name}`);
  const missing = missingFrom(coverage);
  if (result.runs >= ENOUGH_FOR_COVERAGE && missing.length > 0) {
    console.log(`NOT met: ${missing.join(', ')}`);
    process.exitCode = 1;
  }
  const virtualHours = (result.virtualMs / 3_600_000).toFixed(1);
  // With no failure in n runs, a run fails with a probability below 3/n at 95 % confidence.
  const bound =
    result.failures.length === 0
      ? `, failure below ${(3 / result.runs).toExponential(1)} a seed at 95 %`
      : '';
  console.log(
    `${result.runs} seeds, ${result.failures.length} with violations${bound}; ${result.events} events, ` +
      `${result.transactions} transactions, ${virtualHours} virtual hours in ${(durationMs / 1000).toFixed(1)} s`,
  );
}
