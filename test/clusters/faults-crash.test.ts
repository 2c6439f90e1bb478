import { expect, test } from 'vitest';
import { crashLane } from '../faults/crash-lane.ts';
import { runLane } from '../faults/run-lane.ts';

const KILLS = 25;

test('killed with -9 25 times, half of them at named points of the transaction, it loses nothing and repeats nothing of 100,000 events', async () => {
  const report = await runLane('faults-crash', (ports) =>
    crashLane(
      {
        kills: KILLS,
        liveKills: 9,
        withinMs: 4_000,
        mostTransactions: 6,
        events: 100_000,
        rate: 50,
        latencyMs: 5,
      },
      ports,
    ),
  );
  expect(report.stock.events).toBeGreaterThan(100_000);
  expect(report.kills).toBe(KILLS);
  expect(report.killsOpen).toBeGreaterThanOrEqual(KILLS / 5);
  // Progress between the kills: half of them on a quiet machine, the others come before the first commit.
  expect(report.recoveriesMs.length).toBeGreaterThan(KILLS / 4);
}, 240_000);
