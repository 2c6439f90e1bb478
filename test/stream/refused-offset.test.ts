import { expect, test } from 'vitest';
import { afterRefusal, type Refusals } from '../../src/stream/refused-offset.ts';

/** Refusals at these places, each after so many pages of its chain. */
const after = (...refusals: readonly (readonly [place: string, pages: number])[]) =>
  refusals.reduce<Refusals<string> | undefined>(
    (before, [place, pages]) => afterRefusal(before, place, pages),
    undefined,
  )?.offsetsFail;

const times = (count: number, place: string, pages: number) =>
  Array.from({ length: count }, () => [place, pages] as const);

test('an offset that is refused has expired, and so may have the next ones: a wait may be longer than they live', () => {
  expect(after(...times(3, 'a', 1))).toBe(false);
});

test('refused again and again at one place, with none that led on in between, they lead nowhere', () => {
  expect(after(...times(4, 'a', 1))).toBe(true);
  expect(after(...times(3, 'a', 1), ...times(3, 'b', 1))).toBe(false);
});

test('how far the chain had come before the first refusal says nothing of the place where it is refused', () => {
  expect(after(['a', 9], ...times(3, 'a', 1))).toBe(true);
});

// Found by a source with 3,000 events in each millisecond, offsets of three seconds, and answers that took five.
test('an offset that expires in the middle of a long millisecond says nothing against the next one', () => {
  expect(after(...times(3, 'a', 9), ...times(3, 'a', 1))).toBe(false);
});

test('but not for ever', () => {
  expect(after(...times(20, 'a', 9))).toBe(false);
  expect(after(...times(21, 'a', 9))).toBe(true);
});
