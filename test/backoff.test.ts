import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../src/backoff.ts';

const range = { baseMs: 500, capMs: 30_000 };

test('waits double from the base to the cap, each between half of it and the whole', () => {
  const waits = (random: number) =>
    Array.from({ length: 8 }, (_, attempt) => backoffMs(attempt, () => random, range));
  expect(waits(0)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  expect(waits(0.999_999)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('no number of attempts leads beyond the cap or to a wait that is no number', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const waitMs = backoffMs(attempt, () => random, range);
        expect(waitMs).toBeGreaterThanOrEqual(range.baseMs / 2);
        expect(waitMs).toBeLessThanOrEqual(range.capMs);
      },
    ),
  );
});
