import { TokenBudget } from '../../src/asana/budget.ts';
import { FakeClock } from '../support/fake-clock.ts';

export const MINUTE_MS = 60_000;

/** What the users of one budget do, and when requests left; waits are kept as the budget reports them. */
export function startUsing(requestsPerMinute: number) {
  const clock = new FakeClock();
  const waits: number[] = [];
  const budget = new TokenBudget(requestsPerMinute, clock, (waitMs) => waits.push(waitMs));
  const leftAtMs: number[] = [];
  const ask = async () => {
    await budget.acquire(new AbortController().signal);
    leftAtMs.push(clock.monotonicMs());
    budget.answered();
  };
  return { clock, waits, budget, leftAtMs, ask };
}

/** The most that any minute holds, both of its ends included. */
export function busiestMinute(timesMs: readonly number[]): number {
  return Math.max(
    0,
    ...timesMs.map((startMs) => timesMs.filter((ms) => ms >= startMs && ms <= startMs + MINUTE_MS).length),
  );
}
