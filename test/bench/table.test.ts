import { expect, test } from 'vitest';
import { number, renderTable } from '../../bench/table.ts';

const figure = {
  row: 'whole-path',
  name: 'whole path',
  unit: 'events/s',
  values: [30_000, 20_000, 25_000],
  yardstick: { name: 'naive script', values: [10_000, 10_000, 10_000] },
  goal: '>= 100,000',
};

test('a figure shows its median, its noise and its ratio to the yardstick of the same round', () => {
  const [, , row = ''] = renderTable([figure], []).split('\n');
  expect(row.split('|').map((cell) => cell.trim())).toEqual([
    '',
    'whole-path',
    'whole path',
    'events/s',
    '25,000',
    '20,000 – 30,000',
    '3',
    'naive script',
    '10,000',
    '2.50 (2.00 – 3.00)',
    '>= 100,000',
    '',
  ]);
});

test('all lines of the table are equally wide', () => {
  const { yardstick: _, ...alone } = figure;
  const table = renderTable([figure, { ...alone, name: 'a figure with a much longer name' }], []);
  const widths = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.length);
  expect(new Set(widths).size).toBe(1);
});

test('a run that did not add up is a line, and no figure', () => {
  const table = renderTable([], [{ row: 'live', reason: '3 of 10 records missing\nat …' }]);
  expect(table).toContain('- **FAILED** live: 3 of 10 records missing / at …');
});

test.each([
  [0, '0'],
  [0.01234, '0.0123'],
  [1.236, '1.24'],
  [61.94, '61.9'],
  [123_456.7, '123,457'],
])('%d is written %s', (value, text) => {
  expect(number(value)).toBe(text);
});
