import { expect, test } from 'vitest';
import { handoverTable, type Measured, withTable } from './table.ts';

const measured = (tookMs: number, moved: number, interrupted = 0): Measured => ({
  name: 'one joins',
  tookMs,
  moved,
  interrupted,
});

test('a row a change, with median, longest, and what moved', () => {
  const rows = [measured(2_000, 33), measured(4_000, 34), measured(3_000, 33, 1)];
  const table = handoverTable(rows, { about: 'here', isProven: true });
  expect(table).toContain('| one joins | 3.0 s | 4.0 s | 33 to 34 | 1 |');
  expect(table).toContain('found every event once. here.');
});

test('a run that did not add up says so', () => {
  expect(handoverTable([measured(1, 1)], { about: 'here', isProven: false })).toContain(
    'FOUND SOMETHING ELSE',
  );
});

test('the table takes the place of the one before, and the rest of the page stays', () => {
  const page = 'before\n<!-- measured -->\nold\n<!-- end -->\nafter';
  expect(withTable(page, 'new')).toBe('before\n<!-- measured -->\nnew\n<!-- end -->\nafter');
  expect(() => withTable('no place', 'new')).toThrow('has no');
});
