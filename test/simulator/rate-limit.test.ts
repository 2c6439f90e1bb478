import { expect, test } from 'vitest';
import { ask, fakeClock, NOON_MS, simulate } from './support.ts';

const statuses = async (count: number, simulator: Awaited<ReturnType<typeof simulate>>, token?: string) => {
  const found: number[] = [];
  for (let at = 0; at < count; at += 1) {
    found.push((await ask(simulator, { limit: '1' }, token === undefined ? {} : { token })).status);
  }
  return found;
};

test('one request more than the quota in a minute is answered with 429 and the seconds to wait', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ requestsPerMinute: 3 }, clock);
  expect(await statuses(1, simulator)).toEqual([200]);
  clock.nowMs += 10_500;
  expect(await statuses(2, simulator)).toEqual([200, 200]);
  const refused = await ask(simulator);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
});

test('the window slides: a place is free a minute after it was taken, not at the full minute', async () => {
  const clock = fakeClock(NOON_MS + 59_000);
  const simulator = await simulate({ requestsPerMinute: 2 }, clock);
  await statuses(2, simulator);
  clock.nowMs += 60_000;
  expect(await statuses(3, simulator)).toEqual([200, 200, 429]);
});

test('refused requests count: who does not wait stays refused', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ requestsPerMinute: 2 }, clock);
  await statuses(2, simulator);
  for (let round = 0; round < 5; round += 1) {
    clock.nowMs += 25_000;
    expect(await statuses(1, simulator)).toEqual([429]);
  }
});

test('who waits as long as Retry-After says is accepted', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ requestsPerMinute: 2 }, clock);
  await statuses(1, simulator);
  clock.nowMs += 20_000;
  await statuses(1, simulator);
  clock.nowMs += 5_000;
  const refused = await ask(simulator);
  clock.nowMs += Number(refused.headers.get('retry-after')) * 1_000;
  expect(await statuses(1, simulator)).toEqual([200]);
});

test('each token has its own quota, and a wrong token takes from none', async () => {
  const simulator = await simulate({ requestsPerMinute: 1, token: 'one,two' }, fakeClock());
  expect(await statuses(2, simulator, 'wrong')).toEqual([401, 401]);
  expect(await statuses(2, simulator, 'one')).toEqual([200, 429]);
  expect(await statuses(2, simulator, 'two')).toEqual([200, 429]);
});

test('a shorter window has its part of the quota', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ requestsPerMinute: 60, rateWindowMs: 2_000 }, clock);
  expect(await statuses(3, simulator)).toEqual([200, 200, 429]);
  clock.nowMs += 2_000;
  expect(await statuses(1, simulator)).toEqual([200]);
});

test.each([
  ['seconds', '60'],
  ['date', 'Mon, 15 Jun 2026 12:01:00 GMT'],
  ['absent', null],
  ['negative', '-5'],
  ['absurd', '86400000'],
] as const)('retry-after=%s', async (retryAfter, expected) => {
  const simulator = await simulate({ requestsPerMinute: 1, retryAfter }, fakeClock());
  await statuses(1, simulator);
  const reply = await ask(simulator);
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, expected]);
});

test('one request more in flight than allowed gets 429, and finished ones make room', async () => {
  const held: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => held.push(resolve));
  const simulator = await simulate({ concurrency: 2, latencyMs: 1_000 }, { wait });
  const inFlight = [ask(simulator), ask(simulator)];
  while (held.length < 2) await new Promise(setImmediate);
  expect((await ask(simulator)).status).toBe(429);
  for (const release of held.splice(0)) release();
  expect((await Promise.all(inFlight)).map(({ status }) => status)).toEqual([200, 200]);
  const next = ask(simulator);
  while (held.length < 1) await new Promise(setImmediate);
  held[0]?.();
  expect((await next).status).toBe(200);
});
