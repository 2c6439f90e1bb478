import { expect, test } from 'vitest';
import { buildBacklog } from '../../simulator/backlog.ts';
import { CANONICAL, EventMaker, type EventSettings } from '../../simulator/event.ts';
import eventTypeRows from '../../simulator/event-types.json' with { type: 'json' };
import { canonicalJson } from '../../src/canonical-json.ts';
import { isJsonObject, isRawJson, type JsonObject, type JsonValue, parseJson } from '../../src/json.ts';
import { NOON_MS, WORKSPACE } from './support.ts';

const COUNT = 10_000;

const timeline = buildBacklog(
  { seed: 7, events: COUNT, days: 80, burst: 0.15, eventsPerMillisecond: 0, milliseconds: 'spread' },
  NOON_MS,
);

const settings: EventSettings = {
  seed: 7,
  workspaceGid: WORKSPACE,
  workspaceIndex: 0,
  gidDigits: 16,
  unknownFields: 0.02,
  bigIntegers: 0.001,
  poison: 0,
};

const makeAll = (changes: Partial<EventSettings> = {}, keyOrder = CANONICAL): string[] => {
  const maker = new EventMaker({ ...settings, ...changes }, timeline);
  return Array.from({ length: COUNT }, (_, index) => maker.render(index, keyOrder));
};

const parseObject = (text: string): JsonObject => {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new TypeError(text);
  return value;
};

const texts = makeAll();
const events = texts.map(parseObject);
const inner = (name: string) =>
  events.map((event) => event[name]).filter((value) => isJsonObject(value ?? null)) as JsonObject[];
const kindOf = (value: JsonValue): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : value === '' ? 'empty string' : typeof value;

test('an event is the same every time it is made, and another one with another seed', () => {
  expect(makeAll()).toEqual(texts);
  const other = new Set(makeAll({ seed: 8 }));
  expect(texts.filter((text) => other.has(text))).toEqual([]);
});

test('the canonical text is what canonicalJson makes of the event, in every key order', () => {
  for (const keyOrder of [CANONICAL, 1, 2, 3, 17, 1_024]) {
    const made = makeAll({ unknownFields: 0.3, bigIntegers: 0.3 }, keyOrder);
    const canonical = makeAll({ unknownFields: 0.3, bigIntegers: 0.3 });
    expect(made.map((text) => canonicalJson(parseJson(text)))).toEqual(canonical);
  }
});

test('gids are unique strings of 16 digits that do not tell the order', () => {
  const gids = events.map(({ gid }) => String(gid));
  expect(new Set(gids).size).toBe(COUNT);
  expect(gids.every((gid) => /^\d{16}$/.test(gid))).toBe(true);
  const risingShare = gids.filter((gid, at) => at > 0 && gid > (gids[at - 1] ?? '')).length / COUNT;
  expect(Math.abs(risingShare - 0.5)).toBeLessThan(0.05);
});

test('gids can pass 2^53', () => {
  const maker = new EventMaker({ ...settings, gidDigits: 20 }, timeline);
  expect(maker.gid(5)).toMatch(/^\d{20}$/);
});

test('all 133 documented types occur with their category and resource type, and some that no list has', () => {
  const found = new Map(events.map((event) => [event.event_type, event]));
  expect(eventTypeRows).toHaveLength(133);
  for (const { event_type, event_category, resource_type } of eventTypeRows) {
    expect(found.get(event_type)).toMatchObject({ event_category, resource: { resource_type } });
  }
  expect(found.size).toBeGreaterThan(133);
});

test('an event has 600 to 700 bytes on average', () => {
  const meanBytes = Buffer.byteLength(texts.join('')) / COUNT;
  expect(meanBytes).toBeGreaterThan(600);
  expect(meanBytes).toBeLessThan(700);
});

test('about 15 % of events are in bulk changes: same millisecond, actor and type', () => {
  const plain = makeAll({ unknownFields: 0, bigIntegers: 0 }).map(parseObject);
  const bulk = plain.flatMap((event, index) => (timeline.isBulk(index) ? [event] : []));
  expect(Math.abs(bulk.length / COUNT - 0.15)).toBeLessThan(0.03);
  const changes = Map.groupBy(bulk, ({ created_at }) => created_at);
  for (const change of changes.values()) {
    expect(
      new Set(change.map(({ actor, event_type }) => canonicalJson([actor ?? null, event_type ?? null]))).size,
    ).toBe(1);
  }
});

test('details are mostly empty, and otherwise hold null, arrays, objects, numbers, booleans and empty strings', () => {
  const details = inner('details');
  expect(details).toHaveLength(COUNT);
  expect(details.filter((value) => Object.keys(value).length === 0).length).toBeGreaterThan(COUNT / 2);
  const kinds = new Set(details.flatMap((value) => Object.values(value).map(kindOf)));
  expect(kinds).toEqual(new Set(['null', 'array', 'object', 'number', 'boolean', 'string', 'empty string']));
});

test('actors and contexts of every documented kind occur, some with nothing but their kind', () => {
  expect(new Set(inner('actor').map(({ actor_type }) => actor_type)).size).toBe(5);
  const contexts = inner('context');
  expect(new Set(contexts.flatMap(({ context_type }) => context_type ?? []))).toEqual(
    new Set(['web', 'desktop', 'mobile', 'asana_support', 'asana', 'email', 'api']),
  );
  expect(new Set(contexts.map(({ api_authentication_method }) => api_authentication_method))).toEqual(
    new Set([undefined, 'cookie', 'oauth', 'personal_access_token', 'service_account']),
  );
  const pairs = new Set(events.map(({ actor, context }) => canonicalJson([actor ?? null, context ?? null])));
  expect(pairs).toContain('[{"actor_type":"external_administrator"},{"context_type":"api"}]');
  expect([...pairs].some((pair) => pair.startsWith('[{"actor_type":"user","name":"Former member"}'))).toBe(
    true,
  );
  expect(contexts.some(({ on_behalf_of_user_id }) => Number.isSafeInteger(on_behalf_of_user_id))).toBe(true);
});

test('names are in many scripts, some are null, empty or absent', () => {
  const names = inner('resource').map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([null, '', undefined]));
  for (const script of [
    /\p{Script=Han}/u,
    /\p{Script=Arabic}/u,
    /\p{Script=Hebrew}/u,
    /\p{Emoji_Presentation}/u,
  ]) {
    expect(names.some((name) => typeof name === 'string' && script.test(name))).toBe(true);
  }
});

test('now and then a SAML reply of some kilobytes comes along, once in a while as null', () => {
  const replies = inner('details').flatMap(({ saml_response }) =>
    saml_response === undefined ? [] : [saml_response],
  );
  expect(replies).toContain(null);
  const sizes = replies.flatMap((reply) => (typeof reply === 'string' ? reply.length : []));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2_000);
  expect(sizes.length).toBeLessThan(COUNT / 20);
});

test('some events have fields that nobody has documented, in each of the five objects', () => {
  const has = (name: string, key: string) => inner(name).some((value) => key in value);
  expect([has('actor', 'user_role'), has('context', 'vpn_detected'), has('details', 'zone')]).toEqual([
    true,
    true,
    true,
  ]);
  expect(has('resource', 'sensitivity')).toBe(true);
  expect(events.some((event) => 'severity' in event)).toBe(true);
});

test('some events have an integer that a double cannot hold, none where that is switched off', () => {
  expect(events.some(({ zoned_sequence }) => isRawJson(zoned_sequence))).toBe(true);
  expect(makeAll({ bigIntegers: 0 }).some((text) => text.includes('zoned_sequence'))).toBe(false);
});

test('poison: events without gid, without time, with a time that is none or far ahead, and of 2 MB', () => {
  const maker = new EventMaker({ ...settings, poison: 1 }, timeline);
  const poisoned = Array.from({ length: 60 }, (_, index) => parseObject(maker.render(index, 1)));
  expect(poisoned.some((event) => !('gid' in event))).toBe(true);
  expect(poisoned.some((event) => !('created_at' in event))).toBe(true);
  const times = new Set(poisoned.map(({ created_at }) => created_at));
  expect(
    [null, 'the day before yesterday', '2999-12-31T23:59:59.999Z'].every((time) => times.has(time)),
  ).toBe(true);
  expect(poisoned.some((event) => canonicalJson(event).length > 2_000_000)).toBe(true);
});
