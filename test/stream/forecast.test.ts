import { describe, expect, test } from 'vitest';
import { forecastFrom } from '../../src/stream/forecast.ts';
import { NO_RHYTHM, withHours } from '../../src/stream/rhythm.ts';

const HOUR_MS = 3_600_000;
const WEEK = 7 * 24;
const at = (hour: number): number => hour * HOUR_MS;
const busyAtNine = (hour: number): number => (hour % 24 === 9 ? 60 : 0);
const weekly = withHours(
  NO_RHYTHM,
  new Map(Array.from({ length: 2 * WEEK }, (_, hour) => [hour, busyAtNine(hour)])),
  at(2 * WEEK),
);
/** The first day that is not in it, at twice the level. */
const known = { fromMs: at(2 * WEEK), toMs: at(2 * WEEK + 24), events: 120 };
const tomorrow = at(2 * WEEK + 24);

describe('a forecast', () => {
  test('goes by the week before, at the level of what is known already', () => {
    const { events, timeOf } = forecastFrom(weekly, known, 1);
    expect(events(tomorrow, tomorrow + at(9))).toBe(0);
    expect(events(tomorrow, tomorrow + at(24))).toBe(120);
    expect(timeOf(tomorrow, 60, at(4 * WEEK))).toBe(tomorrow + at(9) + HOUR_MS / 2);
  });

  test('goes by the average where no week tells, and where there was nothing a week before what is known', () => {
    for (const { events, timeOf } of [
      forecastFrom(NO_RHYTHM, known, 0.5),
      forecastFrom(weekly, { ...known, toMs: known.fromMs + HOUR_MS }, 0.5),
      forecastFrom(weekly, { ...known, events: 0 }, 0.5),
    ]) {
      expect(events(tomorrow, tomorrow + 100)).toBe(50);
      expect(timeOf(tomorrow, 50, tomorrow + 1_000)).toBe(tomorrow + 100);
      expect(timeOf(tomorrow, 50, tomorrow + 70)).toBe(tomorrow + 70);
    }
  });

  test('goes by the average for a time of which no week before is read', () => {
    const { events, timeOf } = forecastFrom(weekly, known, 0.5);
    expect(events(at(3), at(3) + 100)).toBe(50);
    expect(timeOf(at(3), 50, at(4))).toBe(at(3) + 100);
  });
});
