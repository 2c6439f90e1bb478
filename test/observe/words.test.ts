import { expect, test } from 'vitest';
import { duration, gapSentence, rate } from '../../src/observe/page/words.js';
import { GAP_REASONS } from '../../src/stream/gap.ts';

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [3_570, '60 min'],
  [3_600, '1 h'],
  [7_500, '2 h 5 min'],
  [7_199, '2 h'],
  [172_800, '2 days'],
  [90 * 86_400, '90 days'],
  [-5, '0 s'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0, '0 events/s'],
  [0.01, '0.1 events/s'],
  [2.345, '2.3 events/s'],
  [12_345.6, '12,346 events/s'],
])('a rate of %d is %s', (perSecond, text) => {
  expect(rate(perSecond)).toBe(text);
});

test.each(GAP_REASONS)('a gap that is %s has words for it', (reason) => {
  const gap = { from: '2026-01-01T00:00:00.000Z', to: null, reason, found_at: '2026-01-01T00:00:00.000Z' };
  expect(gapSentence(gap, (iso) => iso.slice(0, 10))).toMatch(
    /^Events may be missing from 2026-01-01 to now: (?!undefined)[\w ]+$/,
  );
});
