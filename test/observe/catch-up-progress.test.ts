import { expect, test } from 'vitest';
import { CatchUpProgress } from '../../src/observe/catch-up-progress.ts';

const HOUR_MS = 3_600_000;

test('how much is done is a share of the time, and what is left follows from the pace of the last minute', () => {
  const progress = new CatchUpProgress();
  progress.begin(0);
  for (let second = 0; second <= 10; second++) progress.reached(second * HOUR_MS, second * 1_000);
  expect(progress.read(10 * HOUR_MS, 40 * HOUR_MS, 10_500)).toEqual({
    fromMs: 0,
    toMs: 40 * HOUR_MS,
    doneRatio: 0.25,
    leftMs: expect.closeTo(30_000, -2),
  });
});

test('a start at the oldest event is known with the first one', () => {
  const progress = new CatchUpProgress();
  progress.begin(undefined);
  expect(progress.read(0, HOUR_MS, 0)).toBeUndefined();
  progress.reached(HOUR_MS / 2, 0);
  expect(progress.read(HOUR_MS / 2, HOUR_MS, 0)).toMatchObject({ fromMs: HOUR_MS / 2, doneRatio: 0 });
});

test('nobody can tell when it ends: at first, and where it does not get on', () => {
  const progress = new CatchUpProgress();
  progress.begin(0);
  progress.reached(0, 0);
  progress.reached(HOUR_MS, 1_000);
  expect(progress.read(HOUR_MS, 2 * HOUR_MS, 1_500)?.leftMs).toBeUndefined();
  for (let second = 2; second < 100; second++) progress.reached(HOUR_MS, second * 1_000);
  expect(progress.read(HOUR_MS, 2 * HOUR_MS, 99_000)?.leftMs).toBeUndefined();
});

test('a lost session does not put it back; only one that has come to its end begins anew', () => {
  const progress = new CatchUpProgress();
  progress.begin(0);
  progress.reached(HOUR_MS, 0);
  progress.begin(HOUR_MS);
  expect(progress.read(HOUR_MS, 2 * HOUR_MS, 0)?.doneRatio).toBe(0.5);
  progress.end();
  progress.begin(HOUR_MS);
  expect(progress.read(HOUR_MS, 2 * HOUR_MS, 0)?.doneRatio).toBe(0);
});

test('standing still makes it take longer', () => {
  const progress = new CatchUpProgress();
  progress.begin(0);
  for (let second = 0; second <= 10; second++) progress.reached(second * HOUR_MS, second * 1_000);
  const leftAt = (nowMs: number) => progress.read(10 * HOUR_MS, 40 * HOUR_MS, nowMs)?.leftMs;
  expect(leftAt(12_000)).toBe(leftAt(10_000));
  expect(leftAt(40_000)).toBeGreaterThan(100_000);
});
