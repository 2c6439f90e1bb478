import { afterEach, describe, expect, test, vi } from 'vitest';
import { type BatchResult, mergeResults } from './batch.ts';
import { runChild } from './child.ts';
import { missingFrom } from './expected-coverage.ts';
import { REGRESSIONS } from './regressions.ts';
import { simulate } from './simulate.ts';

const SEEDS = 500;
const PROCESSES = 2;
const TIMEOUT_MS = 900_000;

/** In processes of their own, one a core: what a process has loaded and compiled serves all its seeds. */
async function runSeeds(first: number, count: number): Promise<BatchResult> {
  const share = Math.ceil(count / PROCESSES);
  const children = Array.from({ length: PROCESSES }, (_, at) =>
    runChild({ first: first + at * share, count: share, timeoutMs: TIMEOUT_MS }),
  );
  return mergeResults(await Promise.all(children));
}

const inWords = ({ failures }: BatchResult): string[] =>
  failures.map(({ seed, violations }) => {
    const [first] = violations;
    return `seed ${seed} violates ${first?.invariant}: ${first?.detail} (node test/simulation/run.ts --seed ${seed} --trace)`;
  });

afterEach(() => vi.restoreAllMocks());

describe('the simulated connector', () => {
  test(`keeps every invariant under ${SEEDS} seeds of faults, which meet every fault and every recovery`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const result = await runSeeds(1, SEEDS);
    expect(inWords(result)).toEqual([]);
    expect(result.runs).toBe(SEEDS);
    expect(missingFrom(new Map(result.coverage))).toEqual([]);
  });

  test.each([...REGRESSIONS])('keeps them under seed %i, which once failed: %s', async (seed) => {
    const { violations } = await simulate(seed);
    expect(violations).toEqual([]);
  });
});

describe('a simulation', () => {
  test('is the same each time for one seed, and another for another', async () => {
    const [one, again, other] = [await simulate(3), await simulate(3), await simulate(4)];
    expect(again.digest).toBe(one.digest);
    expect([...again.coverage.counts]).toEqual([...one.coverage.counts]);
    expect(other.digest).not.toBe(one.digest);
  });

  test('never looks at the real clock, waits for it, or draws by chance', async () => {
    const used = [
      vi.spyOn(Date, 'now'),
      vi.spyOn(performance, 'now'),
      vi.spyOn(Math, 'random'),
      vi.spyOn(globalThis, 'setTimeout'),
    ];
    await simulate(5);
    expect(used.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0]);
  });
});
