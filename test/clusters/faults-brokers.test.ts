import { expect, test } from 'vitest';
import { brokerLane } from '../faults/broker-lane.ts';
import { testPorts } from '../faults/test-ports.ts';

test('with brokers killed and restarted, coordinators among them, and leaders moved in mid-send, one process goes on and loses nothing', async () => {
  const ports = await testPorts('faults-brokers');
  const report = await brokerLane(
    {
      kills: 3,
      orderlyRestarts: 1,
      leaderMoves: 10,
      moveEveryMs: 1_000,
      events: 20_000,
      rate: 50,
      latencyMs: 150,
    },
    ports,
  );
  for (const note of report.notes) ports.progress(note);

  expect(report.problems).toEqual([]);
  expect(report.stock.violations.slice(0, 5)).toEqual([]);
  expect(report.stock.ledger).toContain('proven');
  expect(report.stock.late).toBeGreaterThan(0);
  expect(report.leaderMoves).toBeGreaterThanOrEqual(10);
  expect(report.coordinatorMoves).toBeGreaterThan(0);
}, 240_000);
