import { test } from 'vitest';
import { runLane } from '../faults/run-lane.ts';
import { zombieLane } from '../faults/zombie-lane.ts';

test('stopped for twice the transaction timeout and woken up after another took over, one of the two ends, and nothing is there twice', async () => {
  await runLane('faults-zombies', (ports) => zombieLane({ zombies: 3, events: 5_000, rate: 50 }, ports));
}, 180_000);
