import { expect } from 'vitest';
import type { LanePorts, LaneReport } from './lane.ts';
import { testPorts } from './test-ports.ts';

/** A lane as a test: what holds of each of them is expected here. */
export async function runLane<R extends LaneReport>(
  name: string,
  lane: (ports: LanePorts) => Promise<R>,
): Promise<R> {
  const ports = await testPorts(name);
  const report = await lane(ports);
  for (const note of report.notes) ports.progress(note);
  expect(report.problems).toEqual([]);
  expect(report.stock.violations.slice(0, 5)).toEqual([]);
  expect(report.stock.ledger).toContain('proven');
  expect(report.stock.late).toBeGreaterThan(0);
  return report;
}
