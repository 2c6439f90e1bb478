import { expect, test } from 'vitest';
import { ClosedCount } from '../../bench/closed-count.ts';

const gid = (index: number, workspace = 0) =>
  `1211${String(workspace).padStart(3, '0')}${String(index).padStart(9, '0')}`;

function problemsOf(records: readonly (readonly [gid: string, timestampMs: number])[]): string[] {
  const count = new ClosedCount({ workspaces: 1, events: 3 });
  for (const [id, timestampMs] of records) count.add(id, 0, timestampMs);
  return count.problems();
}

test('each event once, in time order, adds up', () => {
  expect(
    problemsOf([
      [gid(0), 10],
      [gid(2), 10],
      [gid(1), 11],
    ]),
  ).toEqual([]);
});

test('a lost event is missed', () => {
  expect(
    problemsOf([
      [gid(0), 10],
      [gid(1), 11],
    ]),
  ).toEqual(['1 of 2 records missing']);
});

test('a repeated event is seen, although the count is right', () => {
  expect(
    problemsOf([
      [gid(0), 10],
      [gid(1), 11],
      [gid(1), 11],
    ]),
  ).toEqual(['1 of 3 records missing', '1 of 3 records there twice']);
});

test.each([gid(3), gid(0, 1), '1209000000000001', 'null'])('%s, which nobody served, is seen', (id) => {
  expect(
    problemsOf([
      [gid(0), 1],
      [gid(1), 2],
      [gid(2), 3],
      [id, 4],
    ]),
  ).toEqual(['1 of 4 records invented']);
});

test('an event behind a younger one of its partition is seen', () => {
  expect(
    problemsOf([
      [gid(0), 10],
      [gid(2), 12],
      [gid(1), 11],
    ]),
  ).toEqual(['1 of 3 records before an older one of their partition']);
});
