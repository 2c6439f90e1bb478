import { describe, expect, test } from 'vitest';
import {
  eventsAWeekBefore,
  isWeekly,
  NO_RHYTHM,
  type Rhythm,
  timeByTheWeekBefore,
  withHours,
} from '../../src/stream/rhythm.ts';

const HOUR_MS = 3_600_000;
const WEEK = 7 * 24;
const at = (hour: number): number => hour * HOUR_MS;

/** Read from the beginning of 1970 on, so many hours. */
const readHours = (hours: number, eventsAt: (hour: number) => number): Rhythm =>
  withHours(
    NO_RHYTHM,
    new Map(Array.from({ length: hours }, (_, hour) => [hour, eventsAt(hour)])),
    at(hours),
  );

/** Days, nights and weekends. */
const office = (hour: number): number => {
  const isDay = hour % 24 >= 8 && hour % 24 < 18;
  const isWorkday = Math.floor(hour / 24) % 7 < 5;
  return isDay && isWorkday ? 100 : 1;
};

describe('a rhythm is weekly', () => {
  test('where the last week is as the one before it, also on another level', () => {
    expect(isWeekly(readHours(2 * WEEK, office))).toBe(true);
    expect(isWeekly(readHours(2 * WEEK, (hour) => office(hour) * (hour < WEEK ? 1 : 7)))).toBe(true);
  });

  test.each<[string, (hour: number) => number]>([
    ['everything is even', () => 5],
    ['a week differs from the one before', (hour) => office(hour + (hour < WEEK ? 0 : 60))],
    ['the last week is empty', (hour) => (hour < WEEK ? office(hour) : 0)],
    ['the one before is empty', (hour) => (hour < WEEK ? 0 : office(hour))],
  ])('not where %s', (_what, eventsAt) => {
    expect(isWeekly(readHours(2 * WEEK, eventsAt))).toBe(false);
  });

  test('not before two weeks are read', () => {
    expect(isWeekly(NO_RHYTHM)).toBe(false);
    expect(isWeekly(readHours(2 * WEEK - 1, office))).toBe(false);
  });
});

describe('the week before', () => {
  const rhythm = readHours(WEEK, (hour) => (hour === 9 ? 60 : hour === 10 ? 30 : 0));

  test('tells how many events a time has, by parts of hours', () => {
    expect(eventsAWeekBefore(rhythm, at(WEEK + 9), at(WEEK + 11))).toBe(90);
    expect(eventsAWeekBefore(rhythm, at(WEEK + 9) + HOUR_MS / 2, at(WEEK + 10) + HOUR_MS / 3)).toBe(30 + 10);
    expect(eventsAWeekBefore(rhythm, at(WEEK + 9), at(WEEK + 9))).toBe(0);
  });

  test('is an earlier one where the last is not read yet, and is not told beyond what was read', () => {
    expect(eventsAWeekBefore(rhythm, at(3 * WEEK + 9), at(3 * WEEK + 10))).toBe(60);
    expect(eventsAWeekBefore(rhythm, at(9), at(10))).toBeUndefined();
    expect(eventsAWeekBefore(NO_RHYTHM, at(9), at(10))).toBeUndefined();
  });

  test('tells when so many will have come', () => {
    expect(timeByTheWeekBefore(rhythm, at(WEEK), 30, at(2 * WEEK))).toBe(at(WEEK + 9) + HOUR_MS / 2);
    expect(timeByTheWeekBefore(rhythm, at(WEEK), 75, at(2 * WEEK))).toBe(at(WEEK + 10) + HOUR_MS / 2);
    expect(timeByTheWeekBefore(rhythm, at(WEEK), 91, at(2 * WEEK))).toBe(at(2 * WEEK));
    expect(timeByTheWeekBefore(rhythm, at(9), 1, at(WEEK))).toBeUndefined();
  });
});

test('pages add up, in whatever order their windows are read; only what is without a hole counts as read', () => {
  const later = withHours(NO_RHYTHM, new Map([[20, 5]]));
  expect(later.toMs).toBe(Number.NEGATIVE_INFINITY);
  const both = withHours(withHours(later, new Map([[10, 2]]), at(11)), new Map([[10, 1]]), at(12));
  expect(both).toEqual({
    hours: new Map([
      [20, 5],
      [10, 3],
    ]),
    fromMs: at(10),
    toMs: at(12),
  });
});

test('what is older than four weeks is forgotten', () => {
  const rhythm = withHours(
    readHours(WEEK, () => 1),
    new Map([[6 * WEEK, 1]]),
    at(6 * WEEK),
  );
  expect([...rhythm.hours.keys()]).toEqual([6 * WEEK]);
  expect(rhythm.fromMs).toBe(at(2 * WEEK));
});
