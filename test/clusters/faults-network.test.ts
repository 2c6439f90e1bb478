import { test } from 'vitest';
import { networkLane } from '../faults/network-lane.ts';
import { runLane } from '../faults/run-lane.ts';

test('with the network to Kafka, registry or Asana reset, hanging, half-open, slow or trickling, no stall outlasts timeout and backoff, and nothing is lost', async () => {
  await runLane('faults-network', (ports) =>
    networkLane({ lastsMs: 1_000, rounds: 1, events: 1_000, rate: 50 }, ports),
  );
}, 300_000);
