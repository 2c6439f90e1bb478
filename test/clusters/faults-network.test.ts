import { expect, test } from 'vitest';
import { networkLane } from '../faults/network-lane.ts';
import { testPorts } from '../faults/test-ports.ts';

test('with the network to Kafka, registry or Asana reset, hanging, half-open, slow or trickling, no stall outlasts timeout and backoff, and nothing is lost', async () => {
  const ports = await testPorts('faults-network');
  const report = await networkLane({ lastsMs: 1_000, rounds: 1, events: 1_000, rate: 50 }, ports);
  for (const note of report.notes) ports.progress(note);

  expect(report.problems).toEqual([]);
  expect(report.stock.violations.slice(0, 5)).toEqual([]);
  expect(report.stock.ledger).toContain('proven');
  expect(report.stock.late).toBeGreaterThan(0);
}, 300_000);
