import { expect, test } from 'vitest';
import { testPorts } from '../faults/test-ports.ts';
import { zombieLane } from '../faults/zombie-lane.ts';

test('stopped for twice the transaction timeout and woken up after another took over, one of the two ends, and nothing is there twice', async () => {
  const ports = await testPorts('faults-zombies');
  const report = await zombieLane({ zombies: 3, events: 5_000, rate: 50 }, ports);
  for (const note of report.notes) ports.progress(note);

  expect(report.problems).toEqual([]);
  expect(report.stock.violations.slice(0, 5)).toEqual([]);
  expect(report.stock.ledger).toContain('proven');
  expect(report.stock.late).toBeGreaterThan(0);
}, 180_000);
