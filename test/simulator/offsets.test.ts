import { expect, test } from 'vitest';
import { ask, fakeClock, NOON_MS, readChain, simulate } from './support.ts';

const INVALID = 'offset: Your pagination token is invalid.';
const EXPIRED = 'offset: Your pagination token has expired.';

test('an offset looks like a JWT and is another one on every page, empty ones included', async () => {
  const simulator = await simulate();
  const { replies, offset } = await readChain(simulator, { limit: '100' });
  const again = [
    await ask(simulator, { offset: offset ?? '' }),
    await ask(simulator, { offset: offset ?? '' }),
  ];
  const offsets = [...replies, ...again].map((reply) => reply.offset ?? '');
  expect(new Set(offsets).size).toBe(offsets.length);
  for (const text of offsets) expect(text).toMatch(/^eyJ[\w-]+\.[\w-]{100,}\.[\w-]{22}$/);
});

test('an offset can be used again', async () => {
  const simulator = await simulate();
  const { offset = '' } = await ask(simulator);
  const [one, two] = [await ask(simulator, { offset }), await ask(simulator, { offset })];
  expect(one.events.map((event) => event.gid)).toEqual(two.events.map((event) => event.gid));
});

test.each(['', 'x', 'eyJ.a.b', '7'])('offset=%s is refused as invalid', async (offset) => {
  const reply = await ask(await simulate(), { offset });
  expect([reply.status, reply.message]).toEqual([400, INVALID]);
});

test('a changed letter makes an offset invalid', async () => {
  const simulator = await simulate();
  const { offset = '' } = await ask(simulator);
  const middle = offset.length >> 1;
  const changed = offset.slice(0, middle) + (offset[middle] === 'A' ? 'B' : 'A') + offset.slice(middle + 1);
  expect((await ask(simulator, { offset: changed })).message).toBe(INVALID);
});

test('an offset is invalid in another run with the same seed, and for another workspace', async () => {
  const workspaces = ['1201234567890123', '1201234567890124'];
  const [one, two] = [await simulate({ workspaces }), await simulate({ workspaces })];
  const { offset = '' } = await ask(one);
  expect((await ask(two, { offset })).message).toBe(INVALID);
  expect((await ask(one, { offset }, { workspace: '1201234567890124' })).message).toBe(INVALID);
});

test('an offset expires after its lifetime, not before', async () => {
  const clock = fakeClock();
  const simulator = await simulate({ offsetLifetimeMs: 3_000 }, clock);
  const { offset = '' } = await ask(simulator);
  clock.nowMs = NOON_MS + 2_999;
  expect((await ask(simulator, { offset })).status).toBe(200);
  clock.nowMs = NOON_MS + 3_000;
  const reply = await ask(simulator, { offset });
  expect([reply.status, reply.message]).toEqual([400, EXPIRED]);
});

test('offset-filters=required refuses an offset without its filters, however written, and takes any limit', async () => {
  const simulator = await simulate({ offsetFilters: 'required' });
  const query = { start_at: '2021-12-01T00:00:00Z', actor_type: 'user' };
  const { offset = '' } = await ask(simulator, query);
  expect((await ask(simulator, { offset })).message).toBe(INVALID);
  expect((await ask(simulator, { ...query, actor_type: 'asana', offset })).message).toBe(INVALID);
  const same = { start_at: '2021-12-01T01:00:00.000+01:00', actor_type: 'user', limit: '3', offset };
  expect((await ask(simulator, same)).events).toHaveLength(3);
});

test('offset-filters=ignored: the offset carries its filters', async () => {
  const simulator = await simulate({ offsetFilters: 'ignored' });
  const { offset = '' } = await ask(simulator, { event_type: 'task_deleted', limit: '3' });
  const { events } = await ask(simulator, { offset });
  expect(new Set(events.map((event) => event.event_type))).toEqual(new Set(['task_deleted']));
});

test('offset-filters=applied: only the filters that were sent count', async () => {
  const simulator = await simulate({ offsetFilters: 'applied' });
  const { offset = '' } = await ask(simulator, { event_type: 'task_deleted', limit: '3' });
  const { events } = await ask(simulator, { offset });
  expect(new Set(events.map((event) => event.event_type)).size).toBeGreaterThan(5);
});
