import { expect, test } from 'vitest';
import { type LaneReport, NOTHING_DONE } from '../faults/lane.ts';
import { CLEAN_STOCK } from './a-stock.ts';
import { isClean, soakPage, soakTable } from './table.ts';

const clean: LaneReport = {
  ...NOTHING_DONE,
  lane: 'crash',
  kills: 200,
  killsOpen: 70,
  recoveriesMs: [1_000, 2_000, 9_000],
  stock: CLEAN_STOCK,
};

test('n clean kills bound the failure probability of one at 3/n', () => {
  const table = soakTable([clean]);
  expect(table).toContain('| kills -9 of the connector | 200 |');
  expect(table).toContain('| with a transaction open | 70 (35 %) |');
  expect(table).toContain('| of them published late | 800 |');
  expect(table).toContain('below 0.0150');
  expect(table).toContain('| recovery p50 | 2.0 s (of 3 recoveries) |');
  expect(table).toContain('| recovery p99 | 9.0 s |');
});

test('one lost event leaves no bound to speak of', () => {
  const table = soakTable([{ ...clean, stock: { ...clean.stock, lost: 1 } }]);
  expect(table).toContain('| lost | 1 |');
  expect(table).toContain('below 1.0000');
});

test('a lane is clean only without violation, without problem and with a balanced ledger', () => {
  expect(isClean(clean)).toBe(true);
  expect(isClean({ ...clean, problems: ['ended by itself'] })).toBe(false);
  expect(isClean({ ...clean, stock: { ...clean.stock, balanced: false } })).toBe(false);
  const violations = [{ invariant: 'fidelity', detail: 'altered' }] as const;
  expect(isClean({ ...clean, stock: { ...clean.stock, violations } })).toBe(false);
});

test('the page of a run that broke too little says of what', () => {
  const page = soakPage([clean], {
    startedAt: '2026-11-30T00:00:00.000Z',
    durationMs: 60_000,
    commit: 'abc',
    command: 'node test/soak/run.ts',
    machine: 'two cores',
    broken: new Map(),
  });
  expect(page).toContain('**Short of a whole run:** zombies: 0 of 30');
  expect(page).not.toContain('kills -9 of the connector: ');
});
