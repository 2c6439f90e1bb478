import { expect, test } from 'vitest';
import { renderChecked } from '../../../dev/examples/result.ts';

const check = (rows: string[], expected: string[]) => () => renderChecked({ title: 'hours', rows, expected });

test('a right result shows its first rows', () => {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(check(rows, rows.toReversed())()).toBe(
    ['hours: right (6)', ...rows.slice(0, 5).map((row) => `    ${row}`), '    ... and 1 more'].join('\n'),
  );
});

test('a row too few, too many or there twice is named', () => {
  expect(check(['a'], ['a', 'b'])).toThrow('hours: WRONG\nmissing (1)\n    b\nnot expected (0)');
  expect(check(['a', 'b'], ['a'])).toThrow('not expected (1)\n    b');
  expect(check(['a', 'a'], ['a'])).toThrow('not expected (1)\n    a');
});

test('where nothing is expected, nothing was shown', () => {
  expect(check([], [])).toThrow('there is nothing to be found');
});
