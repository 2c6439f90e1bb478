import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentCounts } from '../../../src/observe/status/recent-counts.ts';

const MINUTE_MS = 60_000;

test('each minute has what was counted in it, the last one ends now, and none is older than the start', () => {
  const counts = new RecentCounts(0);
  counts.add(5, 1_000);
  counts.add(7, 70_000);
  expect(counts.perMinute(70_000)).toEqual([5, 7]);
  expect(counts.perMinute(114_999)).toEqual([5, 7]);
  expect(counts.perMinute(190_000)).toEqual([5, 7, 0, 0]);
});

test('after an hour it forgets, also where nobody has looked meanwhile', () => {
  const counts = new RecentCounts(0);
  counts.add(5, 0);
  expect(counts.perMinute(59 * MINUTE_MS + 55_000)).toHaveLength(60);
  expect(counts.perMinute(59 * MINUTE_MS + 55_000)[0]).toBe(5);
  expect(counts.perMinute(60 * MINUTE_MS)).toEqual(Array(60).fill(0));
  counts.add(1, 1_000 * MINUTE_MS);
  expect(counts.perMinute(1_000 * MINUTE_MS).at(-1)).toBe(1);
});

test('the sum of the minutes is all that was counted within the last 59', () => {
  const steps = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 300_000 }), count: fc.integer({ min: 0, max: 1_000 }) }),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 10 * MINUTE_MS }), (added, startMs) => {
      const counts = new RecentCounts(startMs);
      const times = added.map(
        (_, at) => startMs + added.slice(0, at + 1).reduce((ms, { afterMs }) => ms + afterMs, 0),
      );
      for (const [at, { count }] of added.entries()) counts.add(count, times[at] ?? 0);
      const nowMs = times.at(-1) ?? startMs;
      const recent = added.filter((_, at) => (times[at] ?? 0) > nowMs - 59 * MINUTE_MS);
      const sum = (numbers: number[]) => numbers.reduce((one, other) => one + other, 0);
      const all = sum(added.map(({ count }) => count));
      const shown = sum(counts.perMinute(nowMs));
      return shown >= sum(recent.map(({ count }) => count)) && shown <= all;
    }),
  );
});

test('the rate is that of the last minute, or of the time since the start', () => {
  const counts = new RecentCounts(3_000);
  expect(counts.perSecond(3_000)).toBe(0);
  counts.add(100, 4_000);
  expect(counts.perSecond(13_000)).toBe(10);
  for (let second = 14; second <= 200; second++) counts.add(20, second * 1_000);
  expect(counts.perSecond(200_500)).toBeCloseTo(20, 0);
});
