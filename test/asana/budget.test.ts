import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { busiestMinute, MINUTE_MS, startUsing } from './use-budget.ts';

const { signal } = new AbortController();

const step = fc.record({
  afterMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 2 * MINUTE_MS }),
  ),
  requests: fc.integer({ min: 0, max: 40 }),
  pauseMs: fc.option(fc.integer({ min: 0, max: MINUTE_MS }), { freq: 5, nil: undefined }),
});

test('no rolling minute ever holds more than the rate, however requests and pauses arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 21, max: 300 })),
      fc.array(step, { minLength: 1, maxLength: 8 }),
      async (rate, steps) => {
        const { clock, budget, leftAtMs, ask } = startUsing(rate);
        const asked: Promise<void>[] = [];
        for (const { afterMs, requests, pauseMs } of steps) {
          await clock.advance(afterMs);
          asked.push(...Array.from({ length: requests }, ask));
          if (pauseMs !== undefined) budget.pauseUntil(clock.now() + pauseMs);
        }
        await clock.runUntilSettled(Promise.all(asked));
        expect(busiestMinute(leftAtMs)).toBeLessThanOrEqual(rate);
      },
    ),
    { numRuns: 150 },
  );
});

test.each([60, 119, 120, 600, 1_200, 1_500])(
  'a rate of %i, when saturated, is used to 90 %% at least and never exceeded',
  async (rate) => {
    const { clock, leftAtMs, ask } = startUsing(rate);
    const minutes = 3;
    const users = Array.from({ length: 3 }, async () => {
      while (clock.monotonicMs() < minutes * MINUTE_MS) await ask();
    });
    await clock.runUntilSettled(Promise.all(users));
    expect(leftAtMs.filter((ms) => ms < minutes * MINUTE_MS).length).toBeGreaterThanOrEqual(
      0.9 * rate * minutes,
    );
    const everyTenth = leftAtMs.filter((_, i) => i % 10 === 0);
    for (const startMs of everyTenth) {
      expect(leftAtMs.filter((ms) => ms >= startMs && ms <= startMs + MINUTE_MS).length).toBeLessThanOrEqual(
        rate,
      );
    }
  },
);

test('after idleness no more than a quarter of a second’s worth leaves at once', async () => {
  const { clock, leftAtMs, ask } = startUsing(600);
  await clock.advance(60 * MINUTE_MS);
  await clock.runUntilSettled(Promise.all(Array.from({ length: 30 }, ask)));
  const atOnce = leftAtMs.filter((ms) => ms < 60 * MINUTE_MS + 1);
  expect(atOnce).toHaveLength(2);
  expect(leftAtMs.filter((ms) => ms < 60 * MINUTE_MS + 1_000).length).toBeLessThanOrEqual(12);
});

test('a rate of 0 is no limit', async () => {
  const { clock, waits, leftAtMs, ask } = startUsing(0);
  await Promise.all(Array.from({ length: 10_000 }, ask));
  expect([leftAtMs.length, clock.monotonicMs(), waits.length]).toEqual([10_000, 0, 0]);
});

test('a pause holds everybody, those who wait already too, also where there is no rate', async () => {
  for (const rate of [0, 60]) {
    const { clock, budget, leftAtMs, ask } = startUsing(rate);
    const asked = [ask(), ask()];
    await clock.advance(0);
    const before = leftAtMs.length;
    budget.pauseUntil(clock.now() + 10_000);
    asked.push(ask());
    await clock.advance(9_999);
    expect(leftAtMs).toHaveLength(before);
    await clock.runUntilSettled(Promise.all(asked));
    expect(leftAtMs[before] ?? 10_000).toBeGreaterThanOrEqual(10_000);
  }
});

test('those whom a pause held do not leave all at once when it ends', async () => {
  const { clock, budget, leftAtMs, ask } = startUsing(60);
  budget.pauseUntil(clock.now() + 5 * MINUTE_MS);
  await clock.runUntilSettled(Promise.all(Array.from({ length: 100 }, ask)));
  expect(busiestMinute(leftAtMs)).toBeLessThanOrEqual(60);
});

test('a pause is lengthened by a later one, and never shortened', async () => {
  const { clock, budget, leftAtMs, ask } = startUsing(0);
  budget.pauseUntil(clock.now() + 1_000);
  const asked = ask();
  await clock.advance(500);
  budget.pauseUntil(clock.now() + 2_000);
  budget.pauseUntil(clock.now() + 100);
  await clock.runUntilSettled(asked);
  expect(leftAtMs).toEqual([2_500]);
});

test('a wall clock that is set back an hour does not lengthen a pause', async () => {
  const { clock, budget, leftAtMs, ask } = startUsing(0);
  budget.pauseUntil(clock.now() + 1_000);
  const asked = ask();
  clock.setWallClockBy(-60 * MINUTE_MS);
  await clock.runUntilSettled(asked);
  expect(leftAtMs).toEqual([1_000]);
});

test('an abort while waiting, and before, rejects with its reason; what waited leaves no listener', async () => {
  const { clock, budget } = startUsing(1);
  const stop = new AbortController();
  await budget.acquire(stop.signal);
  const reason = new Error('stop');
  const waiting = expect(budget.acquire(stop.signal)).rejects.toBe(reason);
  await clock.advance(0);
  expect(clock.sleepers).toBe(1);
  stop.abort(reason);
  await waiting;
  expect(clock.sleepers).toBe(0);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  await expect(budget.acquire(stop.signal)).rejects.toBe(reason);
});

test('each wait is reported with its length', async () => {
  const { clock, waits, budget, ask } = startUsing(60);
  budget.pauseUntil(clock.now() + 300);
  await clock.runUntilSettled(ask());
  expect(waits).toEqual([300]);
});

describe('what was let go before a silence may have left behind it', () => {
  const rate = 600;

  // Seed 133, with requests side by side: all that a stopped process had let go left when it went on, and the next ones in time.
  test('and the minute from then on holds it too', async () => {
    const { clock, budget, leftAtMs, ask } = startUsing(rate);
    const letGo = 8;
    const { signal: never } = new AbortController();
    await clock.runUntilSettled(Promise.all(Array.from({ length: letGo }, () => budget.acquire(never))));
    await clock.advance(30_000);
    const wentOnMs = clock.monotonicMs();
    for (let each = 0; each < letGo; each++) budget.answered();
    const user = async () => {
      while (clock.monotonicMs() < wentOnMs + 2 * MINUTE_MS) await ask();
    };
    await clock.runUntilSettled(user());
    expect(busiestMinute([...Array<number>(letGo).fill(wentOnMs), ...leftAtMs])).toBeLessThanOrEqual(rate);
  });

  // Seed 9920: the one that waited for the slot of that moment left together with it.
  test('and has the slot of that moment', async () => {
    const { clock, budget, leftAtMs, ask } = startUsing(40);
    await budget.acquire(signal);
    const user = async () => {
      while (clock.monotonicMs() < 2 * MINUTE_MS) await ask();
    };
    const using = user();
    await clock.runUntilSettled(using);
    const [firstMs = 0] = leftAtMs;
    expect(leftAtMs.filter((ms) => ms <= firstMs + MINUTE_MS).length).toBeLessThanOrEqual(40);
    expect(firstMs).toBeGreaterThan(2 * 1_500);
  });

  test('and where there is no budget, nobody waits for it', async () => {
    const { clock, budget, ask } = startUsing(0);
    await budget.acquire(signal);
    await clock.advance(30_000);
    await clock.runUntilSettled(ask());
    expect(clock.monotonicMs()).toBe(30_000);
  });
});

test('no more than 50 requests of a token are in flight, even where the rate is unlimited', async () => {
  const { clock, budget } = startUsing(0);
  let letGo = 0;
  const asked = Array.from({ length: 60 }, () => budget.acquire(signal).then(() => letGo++));
  await Promise.all(asked.slice(0, 50));
  expect(letGo).toBe(50);

  budget.answered();
  await asked[50];
  expect(letGo).toBe(51);
  for (let at = 0; at < 59; at++) budget.answered();
  await clock.runUntilSettled(Promise.all(asked));
});

test('who gives up waiting for a slot leaves its place in flight to others', async () => {
  const { clock, budget } = startUsing(1);
  await budget.acquire(signal);
  budget.answered();
  const over = new AbortController();
  const given = Array.from({ length: 50 }, () => budget.acquire(over.signal).catch(() => 'given up'));
  over.abort(new Error('enough'));
  expect(new Set(await Promise.all(given))).toEqual(new Set(['given up']));

  const asked = budget.acquire(signal);
  await clock.runUntilSettled(asked);
  await expect(asked).resolves.toBeUndefined();
});
