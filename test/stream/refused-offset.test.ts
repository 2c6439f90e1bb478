import { expect, test } from 'vitest';
import { afterRefusal, type Refusals } from '../../src/stream/refused-offset.ts';

/** Refusals at these places, each after so many pages of its chain. */
const after = (...refusals: readonly (readonly [place: string, pages: number])[]) =>
  refusals.reduce<Refusals<string> | undefined>(
    (before, [place, pages]) => afterRefusal(before, place, pages),
    undefined,
  )?.offsetsFail;

test('one refused offset has expired', () => {
  expect(after(['a', 1])).toBe(false);
});

test('refused again at the same place, with no offset that led on in between, they lead nowhere', () => {
  expect(after(['a', 5], ['a', 1])).toBe(true);
  expect(after(['a', 1], ['b', 1])).toBe(false);
});

// Found by a source with 3,000 events in each millisecond, offsets of three seconds, and answers that took five.
test('an offset that expires in the middle of a long millisecond says nothing against the next one', () => {
  expect(after(['a', 9], ['a', 12], ['a', 2])).toBe(false);
});

test('but not for ever', () => {
  const refusals = Array.from({ length: 21 }, () => ['a', 9] as const);
  expect(after(...refusals.slice(1))).toBe(false);
  expect(after(...refusals)).toBe(true);
});
