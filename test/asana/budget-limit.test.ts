import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBudget } from '../../src/asana/budget.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { busiestMinute, startUsing } from './use-budget.ts';

describe('what is used', () => {
  test('the requests of the last rolling minute are counted, and no older ones', async () => {
    const { clock, budget, ask } = startUsing(1_200);
    for (let i = 0; i < 5; i++) await ask();
    await clock.advance(59_000);
    await ask();
    expect(budget.requestsOfLastMinute()).toBe(6);
    await clock.advance(1_000);
    expect(budget.requestsOfLastMinute()).toBe(1);
    await clock.advance(60_000);
    expect(budget.requestsOfLastMinute()).toBe(0);
  });

  test('a request that waits has not left', async () => {
    const { clock, budget, ask } = startUsing(1);
    await ask();
    void ask();
    await clock.advance(30_000);
    expect(budget.requestsOfLastMinute()).toBe(1);
  });
});

describe('a limit that changes', () => {
  test('counts at once for those that wait already', async () => {
    const { clock, budget, leftAtMs, ask } = startUsing(6);
    const asked = Array.from({ length: 4 }, ask);
    await clock.advance(1_000);
    expect(leftAtMs).toEqual([0]);
    budget.limitTo(600);
    await clock.advance(1_000);
    expect(leftAtMs).toHaveLength(4);
    await Promise.all(asked);
  });

  test.each([1_200, 0])(
    'with a share of the token comes that share of the 50 in flight, of %i a minute too',
    async (rate) => {
      const { clock, budget } = startUsing(rate);
      let letGo = 0;
      const ask = () => budget.acquire(new AbortController().signal).then(() => letGo++);
      budget.limitTo(rate, 0.25);
      const asked = Array.from({ length: 60 }, ask);
      await clock.advance(60_000);
      expect(letGo).toBe(12);
      budget.limitTo(rate, 0.5);
      await clock.advance(60_000);
      expect(letGo).toBe(25);
      budget.limitTo(rate, 0.001);
      for (let answered = 0; answered < 24; answered++) budget.answered();
      await clock.advance(60_000);
      expect(letGo).toBe(25);
      budget.answered();
      await clock.advance(60_000);
      expect(letGo).toBe(26);
      for (let answered = 0; answered < 35; answered++) {
        budget.answered();
        await clock.advance(1_000);
      }
      await Promise.all(asked);
    },
  );

  test('two replicas that pass shares to and fro never have more in a rolling minute than the whole', async () => {
    const passes = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 90_000 }), share: fc.integer({ min: 1, max: 9 }) }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: 300 }), passes, async (rate, steps) => {
        const clock = new FakeClock();
        const leftAtMs: number[] = [];
        const stop = new AbortController();
        const [one, other] = [
          new TokenBudget(rate - 1, clock, () => {}),
          new TokenBudget(1, clock, () => {}),
        ];
        // As many requests as it can have, from one loop each: a hundred at a time would only make the test slow.
        const use = async (budget: TokenBudget) => {
          for (;;) {
            await budget.acquire(stop.signal);
            leftAtMs.push(clock.monotonicMs());
            budget.answered();
          }
        };
        const uses = [use(one)];
        for (const { afterMs, share } of steps) {
          await clock.advance(afterMs);
          one.limitTo((rate * share) / 10 - 1);
          other.limitTo((rate * (10 - share)) / 10 - 1);
          if (uses.length === 1) uses.push(use(other));
        }
        await clock.advance(70_000);
        stop.abort();
        await Promise.allSettled(uses);
        expect(busiestMinute(leftAtMs)).toBeLessThanOrEqual(rate);
      }),
      { numRuns: 20 },
    );
  });
});
