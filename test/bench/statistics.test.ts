import { expect, test } from 'vitest';
import { median, percentile, ratios, summarize } from '../../bench/statistics.ts';

test('the median of an odd sample is its middle, of an even one the mean of the two', () => {
  expect([median([9, 1, 5]), median([4, 1, 2, 3])]).toEqual([5, 2.5]);
});

test('a percentile lies between its neighbours in proportion, and 1 is the largest', () => {
  const values = Array.from({ length: 101 }, (_, at) => 100 - at);
  expect([percentile(values, 0.99), percentile([10, 20], 0.75), percentile(values, 1)]).toEqual([
    99, 17.5, 100,
  ]);
});

test('the sample itself stays in its order', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('a summary counts its runs', () => {
  expect(summarize([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9, runs: 3 });
});

test('a figure without a run is refused', () => {
  expect(() => median([])).toThrow('no values');
});

test('a ratio is that of the pair, so that a slow minute falls out of it', () => {
  expect(summarize(ratios([100, 10, 60], [50, 5, 30]))).toEqual({ median: 2, min: 2, max: 2, runs: 3 });
});

test('values without a partner are refused', () => {
  expect(() => ratios([1, 2], [1])).toThrow('2 values and 1 of the yardstick');
});
