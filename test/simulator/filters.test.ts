import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json.ts';
import { ask, fingerprints, type Query, readChain, simulate } from './support.ts';

const member = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isJsonObject(value ?? null) ? (value as JsonObject)[name] : undefined;

/** What each filter looks at, written down a second time. */
const looksAt: Readonly<Record<string, (event: JsonObject) => JsonValue | undefined>> = {
  event_type: (event) => event.event_type,
  actor_type: (event) => member(event.actor, 'actor_type'),
  actor_gid: (event) => member(event.actor, 'gid'),
  resource_gid: (event) => member(event.resource, 'gid'),
};

const passes = (event: JsonObject, query: Query): boolean =>
  Object.entries(query).every(([name, value]) => looksAt[name]?.(event) === value);

test('every combination of filters gives exactly the events that have all of their values', async () => {
  const simulator = await simulate();
  const { events } = await readChain(simulator);
  const sample = events.find(
    (event) => event.event_type === 'user_login_succeeded' && looksAt.actor_gid?.(event),
  );
  if (sample === undefined) throw new Error('no sample');
  const names = Object.keys(looksAt);
  for (let set = 1; set < 16; set += 1) {
    const chosen = names.filter((_, place) => set & (1 << place));
    const query = Object.fromEntries(chosen.map((name) => [name, String(looksAt[name]?.(sample))]));
    const expected = events.filter((event) => passes(event, query));
    const { events: found } = await readChain(simulator, { ...query, limit: '50' });
    expect(expected.length).toBeGreaterThan(0);
    expect(fingerprints(found).toSorted()).toEqual(fingerprints(expected).toSorted());
  }
});

test.each(['user', 'asana', 'asana_support', 'anonymous', 'external_administrator'])(
  'actor_type=%s finds events of that type only',
  async (actor_type) => {
    const { events } = await readChain(await simulate(), { actor_type });
    expect(new Set(events.map((event) => member(event.actor, 'actor_type')))).toEqual(new Set([actor_type]));
  },
);

test('an actor_type that does not exist is refused, an event_type that nobody knows just matches nothing', async () => {
  const simulator = await simulate();
  expect((await ask(simulator, { actor_type: 'robot' })).status).toBe(400);
  expect((await ask(simulator, { event_type: 'robot_rebooted' })).events).toEqual([]);
});

test('start_at is inclusive and end_at exclusive, to the millisecond', async () => {
  const simulator = await simulate({ eventsPerMillisecond: 5 });
  const times = [...new Set([...simulator.truth()].map(({ created_at }) => created_at))];
  const [start_at = '', middle = '', end_at = ''] = times.slice(10, 13);
  const { events } = await readChain(simulator, { start_at, end_at });
  expect(events.map((event) => event.created_at)).toEqual([
    ...Array(5).fill(start_at),
    ...Array(5).fill(middle),
  ]);
});

test.each([
  (iso: string) => iso.replace('Z', '+00:00'),
  (iso: string) => new Date(Date.parse(iso) + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30'),
  (iso: string) => iso.replace('Z', '000Z'),
  (iso: string) => iso.toLowerCase(),
])('an instant means the same in each way of writing it (%#)', async (write) => {
  const simulator = await simulate({ eventsPerMillisecond: 5 });
  const [, , , , , , , , , , { created_at = '' } = {}] = [...simulator.truth()];
  const [one, two] = [
    await readChain(simulator, { start_at: created_at }),
    await readChain(simulator, { start_at: write(created_at) }),
  ];
  expect(two.events.length).toBe(2_490);
  expect(fingerprints(two.events).toSorted()).toEqual(fingerprints(one.events).toSorted());
});

test('start_at a microsecond after an event leaves it out', async () => {
  const simulator = await simulate({ eventsPerMillisecond: 5 });
  const [{ created_at = '' } = {}] = [...simulator.truth()];
  const { events } = await readChain(simulator, { start_at: created_at.replace('Z', '001Z') });
  expect(events).toHaveLength(2_495);
});

test.each(['2026', '2026-06-15', '2026-06-15T12:00:00', 'now', '', '2026-13-45T99:00:00Z'])(
  'start_at=%s is refused with 400',
  async (start_at) => {
    const reply = await ask(await simulate(), { start_at });
    expect([reply.status, reply.message]).toEqual([400, `start_at: Not a recognized date-time: ${start_at}`]);
  },
);

test('a filter that matches little lets other requests through while it searches', async () => {
  const simulator = await simulate({ events: 400_000 });
  const order: string[] = [];
  await Promise.all([
    ask(simulator, { resource_gid: '1' }).then(() => order.push('search')),
    ask(simulator, { limit: '1' }).then(() => order.push('page')),
  ]);
  expect(order).toEqual(['page', 'search']);
});
