/** Live pages that begin with the end of the page before them, of a workspace where little happens: three events are five minutes. */

import { expect, test } from 'vitest';
import { readPublished } from './collect.ts';
import { Coverage } from './coverage.ts';
import { Dice } from './dice.ts';
import { startInstance } from './instance.ts';
import { type Plan, planOf } from './plan.ts';
import { createTrace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';
import { START_MS, World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** One process, of which nothing is known but what its pages are like. */
const planWith = (asana: Plan['asana']): Plan => ({
  ...planOf(1),
  workspaces: ['1201234567890120'],
  replicas: undefined,
  refused: undefined,
  asana: { seed: 1, events: 50, days: 2, rate: 0.01, burst: 0, pageSize: 40, requestsPerMinute: 0, ...asana },
  pollIntervalMs: 10_000,
  requestsPerMinute: 0,
  kafkaLosses: 0,
  clocksAgree: true,
  // Overlapping pages are what this is about, and a sweep would read the topic, too.
  sweeps: { lookbackMs: HOUR_MS, intervalMs: 0 },
});

/** Half an hour, a kill, and half an hour of the process after it, with what that has read of the events topic. */
async function runOverAKill(asana: Plan['asana']) {
  const plan = planWith(asana);
  const time = new VirtualTime(new Dice(plan.seed, 9).random);
  let isRestarted = false;
  let readBack = 0;
  const trace = createTrace(
    () => time.nowMs,
    (line) => {
      if (isRestarted && line.includes('fetch events')) readBack++;
    },
  );
  const world = new World(plan, time, trace, new Coverage());
  const halfAnHour = async () => {
    let isOver = false;
    time.after(30 * MINUTE_MS, () => {
      isOver = true;
    });
    await time.run(() => isOver);
  };
  const killed = startInstance(world, 'p1', START_MS, 100);
  await halfAnHour();
  killed.process.crash();
  isRestarted = true;
  startInstance(world, 'p2', START_MS, 101);
  await halfAnHour();
  const ids = [...(await readPublished(world)).values()].map(({ id }) => id);
  return {
    records: ids.length,
    events: new Set(ids).size,
    shown: [...world.asana.state.truth()].length,
    readBack,
  };
}

test('killed while the pages of a quiet workspace overlap, nothing is there twice', async () => {
  const { records, events, shown } = await runOverAKill({ faults: 1, faultKinds: ['overlap'] });
  expect({ records, events }).toEqual({ records: shown, events: shown });
});

test('where no page shows anything from before a restart, nothing is read back', async () => {
  expect((await runOverAKill({ faults: 0 })).readBack).toBe(0);
});
