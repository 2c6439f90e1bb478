import { describe, expect, test } from 'vitest';
import type { SourceEvent } from '../../src/verify/evidence.ts';
import { windowEnd, windowStart } from '../../src/verify/verify.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;
const source = (...days: number[]) =>
  new Map(
    days.map((day): [string, SourceEvent] => [
      String(day),
      { id: String(day), createdAtMs: day * DAY_MS, hash: '' },
    ]),
  );

describe('the window that is verified', () => {
  test('begins at the oldest event that Asana has, where no start is given', () => {
    expect(windowStart(undefined, source(950, 940), NOW_MS)).toBe(940 * DAY_MS);
  });

  test('begins at the start that is given, where Asana still has that time', () => {
    expect(windowStart(930 * DAY_MS, source(950), NOW_MS)).toBe(930 * DAY_MS);
  });

  // It was 90 days before the end of the window: on a perfect topic, what Asana has deleted since was reported as invented.
  test('does not begin before what Asana has deleted by now, wherever the window ends', () => {
    expect(windowStart(800 * DAY_MS, source(920), NOW_MS)).toBe(910 * DAY_MS);
  });

  test('begins earlier than 90 days ago where Asana shows that it keeps events longer', () => {
    expect(windowStart(800 * DAY_MS, source(850), NOW_MS)).toBe(850 * DAY_MS);
  });
});

// It was a minute ago, whatever POLL_INTERVAL was, and END_AT where that was set, also in the future: what no poll had asked for was missing.
test.each([
  ['a minute ago', undefined, 10_000, NOW_MS - 60_000],
  [
    'a poll ago, where polls are rarer, and the half minute that one may take',
    undefined,
    300_000,
    NOW_MS - 330_000,
  ],
  ['END_AT, where that has passed', NOW_MS - 70_000, 10_000, NOW_MS - 70_000],
  ['not END_AT, where that has not', NOW_MS + DAY_MS, 10_000, NOW_MS - 60_000],
])('the window ends by itself %s', (_when, endAtMs, pollIntervalMs, expected) => {
  expect(windowEnd(endAtMs, pollIntervalMs, NOW_MS)).toBe(expected);
});
