import { expect, test } from 'vitest';
import { brokerLane } from '../faults/broker-lane.ts';
import { runLane } from '../faults/run-lane.ts';

test('with brokers killed and restarted, coordinators among them, and leaders moved in mid-send, one process goes on and loses nothing', async () => {
  const report = await runLane('faults-brokers', (ports) =>
    brokerLane(
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
    ),
  );
  expect(report.leaderMoves).toBeGreaterThanOrEqual(10);
  expect(report.coordinatorMoves).toBeGreaterThan(0);
}, 240_000);
