import { expect, test } from 'vitest';
import {
  ask,
  fakeClock,
  fingerprints,
  isAscending,
  NOON_MS,
  readChain,
  simulate,
  timesOf,
  truthFingerprints,
} from './support.ts';

const DAY_MS = 86_400_000;

test('events are deleted at the age of 90 days, to the millisecond', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ events: 1_000, days: 80 }, clock);
  const [first, second] = [...simulator.truth()].map(({ created_at }) => Date.parse(created_at));
  clock.nowMs = (first ?? 0) + 90 * DAY_MS;
  expect([...simulator.truth()]).toHaveLength(1_000);
  clock.nowMs += 1;
  expect([...simulator.truth()]).toHaveLength(999);
  const { events } = await readChain(simulator);
  expect(Date.parse(timesOf(events)[0] ?? '')).toBe(second);
  expect(fingerprints(events).toSorted()).toEqual(truthFingerprints(simulator).toSorted());
});

test('an offset whose next events were deleted goes on at the oldest event there is, silently', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ events: 1_000, days: 80 }, clock);
  const { offset = '' } = await ask(simulator, { limit: '10' });
  clock.nowMs = NOON_MS + 50 * DAY_MS;
  const left = truthFingerprints(simulator);
  expect(left.length).toBeLessThan(700);
  expect(fingerprints((await readChain(simulator, {}, offset)).events).toSorted()).toEqual(left.toSorted());
});

test('nothing from before 8 October 2021 is shown', async () => {
  const clock = fakeClock(Date.UTC(2021, 9, 18));
  const simulator = await simulate({ events: 2_000, days: 20 }, clock);
  const { events } = await readChain(simulator);
  expect(events.length).toBeGreaterThan(500);
  expect(events.length).toBeLessThan(1_500);
  expect((timesOf(events)[0] ?? '') >= '2021-10-08').toBe(true);
});

test('the backlog keeps office hours: quiet weekends', async () => {
  const simulator = await simulate({ events: 20_000 }, fakeClock());
  const days = [...simulator.truth()].map(({ created_at }) => new Date(created_at).getUTCDay());
  const weekendShare = days.filter((day) => day % 6 === 0).length / days.length;
  expect(weekendShare).toBeGreaterThan(0.005);
  expect(weekendShare).toBeLessThan(0.1);
});

test('new events arrive at the rate, and an offset shows each of them once', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ events: 100, rate: 20 }, clock);
  const first = await readChain(simulator);
  const events = [...first.events];
  let last = first.offset;
  for (let minute = 0; minute < 10; minute += 1) {
    clock.nowMs += 60_000;
    const chain = await readChain(simulator, {}, last);
    events.push(...chain.events);
    last = chain.offset;
  }
  expect(Math.abs(events.length - 100 - 12_000)).toBeLessThan(2_000);
  expect(isAscending(timesOf(events))).toBe(true);
  expect(fingerprints(events).toSorted()).toEqual(truthFingerprints(simulator).toSorted());
});

test('a chain that polls while a millisecond is still filling loses nothing of it', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ events: 10, rate: 20_000 }, clock);
  let { offset } = await readChain(simulator);
  const seen: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    clock.nowMs += 0.2;
    const reply = await ask(simulator, { limit: '5', offset: offset ?? '' });
    seen.push(...fingerprints(reply.events));
    offset = reply.offset;
  }
  const rest = await readChain(simulator, {}, offset);
  const live = truthFingerprints(simulator).slice(10);
  expect(live.length).toBeGreaterThan(80);
  expect([...seen, ...fingerprints(rest.events)].toSorted()).toEqual(live.toSorted());
});

test('no event is shown before it was created', async () => {
  const clock = fakeClock(NOON_MS);
  const simulator = await simulate({ rate: 1_000 }, clock);
  clock.nowMs += 5_000;
  const { events } = await readChain(simulator);
  expect((timesOf(events).at(-1) ?? '') <= new Date(clock.nowMs).toISOString()).toBe(true);
});

test('a quiet workspace wakes up: next_page comes with the first event', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ events: 0, rate: 1 }, clock);
  expect((await ask(simulator)).nextPage).toBeNull();
  clock.nowMs += 60_000;
  const { events, offset } = await ask(simulator);
  expect(events.length).toBeGreaterThan(0);
  expect(offset).toBeDefined();
});

const late = { events: 100, rate: 50, lateShare: 0.2, lateByMs: 120_000 } as const;

test('late-offset=skips: a chain steps over late events, a new read has them all', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ ...late, lateOffset: 'skips' }, clock);
  const { seen } = await pollTwice(simulator, clock);
  const truth = truthFingerprints(simulator);
  expect(new Set(seen).size).toBe(seen.length);
  expect(truth.length - seen.length).toBeGreaterThan(100);
  expect(fingerprints((await readChain(simulator)).events).toSorted()).toEqual(truth.toSorted());
});

test('late-offset=shows: a chain shows late events later, each once, also in small pages', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ ...late, lateOffset: 'shows' }, clock);
  const { seen } = await pollTwice(simulator, clock);
  expect(seen.toSorted()).toEqual(truthFingerprints(simulator).toSorted());
});

test('the truth does not have late events before they are visible', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ ...late, lateShare: 1 }, clock);
  clock.nowMs += 1;
  const before = [...simulator.truth()].length;
  clock.nowMs += 60_000;
  const during = [...simulator.truth()].length;
  expect(before).toBe(100);
  expect(during).toBeGreaterThan(100);
  expect(during).toBeLessThan(3_000);
});

/** Polls a chain for a minute, lets the last late event become visible with the source at rest, and polls again. */
async function pollTwice(simulator: Awaited<ReturnType<typeof simulate>>, clock: { nowMs: number }) {
  const query = { limit: '37' };
  const first = await readChain(simulator, query);
  clock.nowMs += 60_000;
  const second = await readChain(simulator, query, first.offset);
  const control = new URL('/simulator/options', simulator.baseUrl);
  await fetch(control, { method: 'POST', body: '{"rate":0}' });
  clock.nowMs += 130_000;
  const third = await readChain(simulator, query, second.offset);
  return { seen: fingerprints([...first.events, ...second.events, ...third.events]) };
}

test('the Date header is the simulated clock, skewed or left out as asked', async () => {
  const skewed = await simulate({ clockSkewMs: -300_000 }, fakeClock());
  expect((await ask(skewed)).headers.get('date')).toBe('Mon, 15 Jun 2026 11:55:00 GMT');
  const none = await simulate({ dateHeader: false }, fakeClock());
  expect((await ask(none)).headers.get('date')).toBeNull();
});

test('latency is waited for through the port', async () => {
  const waits: number[] = [];
  const simulator = await simulate(
    { latencyMs: 250 },
    { wait: async (durationMs) => void waits.push(durationMs) },
  );
  await ask(simulator);
  expect(waits).toEqual([250]);
});
