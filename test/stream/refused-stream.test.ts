import { describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { bytesIn } from '../../src/byte-range.ts';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import type { Cursor } from '../../src/stream/cursor.ts';
import { cursorIn, readPublished } from '../simulation/collect.ts';
import { Coverage } from '../simulation/coverage.ts';
import { Dice } from '../simulation/dice.ts';
import { type Instance, startInstance } from '../simulation/instance.ts';
import { type Plan, planOf } from '../simulation/plan.ts';
import { CONNECTOR_NAME } from '../simulation/topics.ts';
import { createTrace } from '../simulation/trace.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { START_MS, World } from '../simulation/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GID = '1201234567890120';
const keys = stateKeys(CONNECTOR_NAME, GID);

/** A stream over models that do nothing wrong but what a test asks them for. */
function calmWorld(asana: Partial<SimulatorOptions>, changes: Partial<Plan> = {}): World {
  const plan: Plan = {
    ...planOf(1),
    workspaces: [GID],
    asana: {
      seed: 1,
      events: 600,
      days: 20,
      rate: 0,
      burst: 0,
      pageSize: 40,
      poison: 0,
      requestsPerMinute: 0,
      ...asana,
    },
    maxMessageBytes: undefined,
    pollIntervalMs: 10_000,
    requestsPerMinute: 0,
    kafkaLosses: 0,
    clocksAgree: true,
    kafkaLatencyMs: { from: 1, to: 5 },
    asanaLatencyMs: { from: 20, to: 60 },
    sweeps: { lookbackMs: 45 * MINUTE_MS, intervalMs: 15 * MINUTE_MS },
    skipRefusedAfterMs: HOUR_MS,
    refused: undefined,
    ...changes,
  };
  const time = new VirtualTime(new Dice(plan.seed, 9).random);
  return new World(
    plan,
    time,
    createTrace(() => time.nowMs),
    new Coverage(),
  );
}

/** No page that would show this event is ever answered, on whatever way one comes to it. */
function refusePagesWith({ asana }: World, gid: string): void {
  const httpGet = asana.httpGet.bind(asana);
  asana.httpGet = (...from) => {
    const get = httpGet(...from);
    return async (...request) => {
      const answer = await get(...request);
      if (!answer.body.includes(`"${gid}"`)) return answer;
      return { ...answer, status: 500, body: Buffer.from('{"errors":[]}') };
    };
  };
}

const timesOf = (world: World): number[] =>
  [...world.asana.state.truth()].map(({ created_at }) => Date.parse(created_at));

async function runFor(world: World, durationMs: number): Promise<void> {
  const endMs = world.time.nowMs + durationMs;
  let isOver = false;
  world.time.after(durationMs, () => {
    isOver = true;
  });
  await world.time.run(() => isOver || world.time.nowMs > endMs);
}

const start = (world: World, name = 'p1'): Instance => startInstance(world, name, START_MS, 100);

/** Gap records, in the order in which they were committed. */
function gapsIn(world: World): { key: string; record: Record<string, unknown> }[] {
  return world.cluster.transactions.history
    .filter(({ outcome }) => outcome === 'committed')
    .flatMap(({ writes }) => writes)
    .filter(({ topic, record }) => topic === 'state' && String(record.key).includes('/gap/'))
    .map(({ record }) => ({
      key: String(record.key),
      record: JSON.parse(String(record.value && bytesIn(record.value))),
    }));
}

async function publishedIn(world: World): Promise<string[]> {
  return [...(await readPublished(world)).values()].map(({ id }) => id).sort();
}

function cursorOf(world: World): Cursor | undefined {
  const writes = world.cluster.transactions.history
    .filter(({ outcome }) => outcome === 'committed')
    .flatMap((transaction) => transaction.writes);
  const last = writes.findLast((write) => cursorIn(write, GID) !== undefined);
  return last && cursorIn(last, GID);
}

const readable = (world: World, isRefused: (timeMs: number) => boolean): string[] =>
  [...world.asana.state.truth()]
    .filter(({ created_at }) => !isRefused(Date.parse(created_at)))
    .map(({ gid }) => gid)
    .sort();

describe('a time that Asana refuses', () => {
  test.each(['500', '400', 'html-200'] as const)(
    'in the backlog (%s) is a gap of one millisecond, and everything else is published once',
    async (refusedWith) => {
      const world = calmWorld({});
      const poisonMs = timesOf(world)[333] ?? 0;
      world.asana.change({ refusedFrom: poisonMs, refusedForMs: 1, refusedWith });
      start(world);
      await runFor(world, 50 * MINUTE_MS);
      expect(gapsIn(world)).toEqual([]);
      await runFor(world, 30 * MINUTE_MS);
      const [from, to] = [poisonMs, poisonMs + 1].map((timeMs) => new Date(timeMs).toISOString());
      expect(gapsIn(world)).toEqual([
        {
          key: keys.gap(poisonMs),
          record: expect.objectContaining({
            from,
            to,
            reason: 'refused-by-asana',
            message: expect.any(String),
          }),
        },
      ]);
      expect(await publishedIn(world)).toEqual(readable(world, (timeMs) => timeMs === poisonMs));
    },
  );

  test.each(['500', '400'] as const)(
    'that comes while the stream is live (%s) is a gap too, and later sweeps go around it',
    async (refusedWith) => {
      const world = calmWorld({ rate: 0.2 });
      const fromMs = START_MS + 10 * MINUTE_MS;
      world.asana.change({ refusedFrom: fromMs, refusedForMs: 30_000, refusedWith });
      start(world);
      await runFor(world, 4 * HOUR_MS);
      world.asana.change({ rate: 0 });
      const lastMs = timesOf(world).at(-1) ?? 0;
      await runFor(world, HOUR_MS + 10 * MINUTE_MS);

      const isRefused = (timeMs: number) => timeMs >= fromMs && timeMs < fromMs + 30_000;
      const poisoned = timesOf(world).filter(isRefused);
      expect(poisoned.length).toBeGreaterThan(2);
      expect(gapsIn(world).map(({ key }) => key)).toEqual(poisoned.map((timeMs) => keys.gap(timeMs)));
      expect(await publishedIn(world)).toEqual(readable(world, isRefused));
      expect(cursorOf(world)?.sweptToMs).toBeGreaterThan(lastMs);
    },
  );

  test('in the middle of a millisecond that holds many pages is a gap of that one, behind what could be read of it', async () => {
    const world = calmWorld({ events: 3_000, burst: 1, pageSize: 20, ties: 'stable' });
    const byTime = Map.groupBy(world.asana.state.truth(), ({ created_at }) => created_at);
    const [createdAt, bulk] = [...byTime].find(([, events]) => events.length > 100) ?? ['', []];
    refusePagesWith(world, bulk[70]?.gid ?? '');
    start(world);
    await runFor(world, 3 * HOUR_MS);

    expect(gapsIn(world).map(({ key }) => key)).toEqual([keys.gap(Date.parse(createdAt))]);
    const published = await publishedIn(world);
    const refused = bulk.map(({ gid }) => gid).filter((gid) => !published.includes(gid));
    expect(refused.length).toBeLessThan(bulk.length - (70 - 20));
    const all = [...world.asana.state.truth()].map(({ gid }) => gid);
    expect(published).toEqual(all.filter((gid) => !refused.includes(gid)).sort());
  });

  test('is waited for once where several pieces of it are on one page', async () => {
    const world = calmWorld({});
    const times = timesOf(world);
    const [from = 0, to = 0] = [times[333], times[336]];
    world.asana.change({ refusedFrom: from, refusedForMs: to + 1 - from });
    start(world);
    await runFor(world, 80 * MINUTE_MS);
    expect(gapsIn(world).map(({ key }) => key)).toEqual(
      times.slice(333, 337).map((timeMs) => keys.gap(timeMs)),
    );
    expect(await publishedIn(world)).toEqual(readable(world, (timeMs) => timeMs >= from && timeMs <= to));
  });

  test('that a sweep meets, many pages from its start, is a gap, while the live chain goes on', async () => {
    const world = calmWorld({ rate: 0.2, pageSize: 10 });
    start(world);
    await runFor(world, 30 * MINUTE_MS);
    const poisonMs = timesOf(world).at(-60) ?? 0;
    world.asana.change({ refusedFrom: poisonMs, refusedForMs: 1 });
    await runFor(world, 4 * HOUR_MS);

    expect(gapsIn(world).map(({ key }) => key)).toEqual([keys.gap(poisonMs)]);
    world.asana.change({ rate: 0 });
    await runFor(world, MINUTE_MS);
    expect(await publishedIn(world)).toEqual(readable(world, () => false));
    expect(cursorOf(world)?.sweptToMs).toBeGreaterThan(poisonMs + HOUR_MS);
  });

  // The stream waited for the sweep, and read nothing new for a day; where it was started anew each day, for ever.
  test('that a sweep meets does not keep the stream from going on after a restart', async () => {
    const world = calmWorld({ rate: 0.2, pageSize: 10 });
    const first = start(world);
    await runFor(world, 30 * MINUTE_MS);
    const poisonMs = timesOf(world).at(-60) ?? 0;
    world.asana.change({ refusedFrom: poisonMs, refusedForMs: 1 });
    await runFor(world, 20 * MINUTE_MS);
    first.process.crash();
    start(world, 'p2');
    await runFor(world, 5 * MINUTE_MS);

    expect(gapsIn(world)).toEqual([]);
    world.asana.change({ rate: 0 });
    await runFor(world, MINUTE_MS);
    expect(await publishedIn(world)).toEqual(readable(world, () => false));
  });

  test('is not skipped during an outage, however long that is', async () => {
    const world = calmWorld({});
    start(world);
    await runFor(world, 500);
    world.asana.change({ faults: 1, faultKinds: ['500', 'html'] });
    await runFor(world, 10 * HOUR_MS);
    world.asana.change({ faults: 0 });
    await runFor(world, 10 * MINUTE_MS);
    expect(gapsIn(world)).toEqual([]);
    expect(await publishedIn(world)).toEqual(readable(world, () => false));
  });

  test('is one gap where a process is killed at any time of the search for it', {
    timeout: 60_000,
  }, async () => {
    const probe = calmWorld({});
    const poisonMs = timesOf(probe)[333] ?? 0;
    const refused = { refusedFrom: poisonMs, refusedForMs: 1 } as const;
    probe.asana.change(refused);
    const recordedMs = await whenRecorded(probe);
    // The search takes some 70 requests of 20 to 60 ms, and some waits between them.
    for (let beforeMs = 200; beforeMs < 12_000; beforeMs *= 1.3) {
      const world = calmWorld({});
      world.asana.change(refused);
      const first = start(world);
      await runFor(world, recordedMs - beforeMs);
      first.process.crash();
      expect(gapsIn(world)).toEqual([]);
      start(world, 'p2');
      await runFor(world, 80 * MINUTE_MS);
      expect(gapsIn(world).map(({ key }) => key)).toEqual([keys.gap(poisonMs)]);
      expect(await publishedIn(world)).toEqual(readable(world, (timeMs) => timeMs === poisonMs));
    }
  });
});

/** On virtual time, to the second. */
async function whenRecorded(world: World): Promise<number> {
  start(world);
  while (gapsIn(world).length === 0) await runFor(world, 50);
  return world.time.nowMs;
}
