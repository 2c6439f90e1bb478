import { expect, test } from 'vitest';
import { readArguments } from '../../bench/options.ts';

const ROWS = ['encode', 'catch-up-50', 'catch-up-250', 'live'];
const rowsOf = (text: string) => readArguments(['--rows', text], ROWS).rows;

test('without a choice every row runs', () => {
  expect(rowsOf('')).toEqual(ROWS);
});

test('a row is named by its beginning, and the order is that of the table', () => {
  expect(rowsOf('live,catch-up')).toEqual(['catch-up-50', 'catch-up-250', 'live']);
});

test('a row that does not exist is refused with those that do', () => {
  expect(() => rowsOf('encode,speed')).toThrow('no row speed; there are encode, catch-up-50');
});

test.each(['0', '-1', '1.5', 'many', ''])('--runs %s is refused', (text) => {
  expect(() => readArguments([`--runs=${text}`], ROWS)).toThrow('--runs: expected a whole number');
});
