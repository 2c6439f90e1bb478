import { expect, test } from 'vitest';
import { toRecord } from '../../src/avro/mapping.ts';
import { identityOf } from '../../src/encode/identity.ts';
import type { JsonValue } from '../../src/json.ts';
import { factsOf, inTimeOrder } from '../../src/stream/events.ts';
import { RecentIds } from '../../src/stream/recent-ids.ts';

const readEvents = (page: readonly JsonValue[], reachedMs?: number) =>
  inTimeOrder(
    page.map((source) => identityOf(source, toRecord(source, 'w'))),
    reachedMs,
  );
const at = (gid: string, second: number) => ({ gid, created_at: `2026-06-01T00:00:0${second}.000Z` });

test('events are in time order, those of one millisecond as Asana sent them', () => {
  const events = readEvents([at('b', 2), at('a', 1), at('c', 2)]);
  expect(events.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('an event without a gid is known by its content, whatever the order of its keys', () => {
  const [one, two] = [
    { x: 1, y: 2 },
    { y: 2, x: 1 },
  ].map((source) => readEvents([source])[0]?.id);
  expect(one).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(two).toBe(one);
});

test('an event without a time keeps its place, and has the time of the next one that has any', () => {
  const events = readEvents([at('a', 3), { gid: 'none' }, { gid: 'no' }, at('b', 4)]);
  expect(events.map(({ createdAtMs }) => createdAtMs % 60_000)).toEqual([3_000, 4_000, 4_000, 4_000]);
  expect(events.map(({ isDated }) => isDated)).toEqual([true, false, false, true]);
});

test('at the end of a page it has the time of the last one that has any, and without one of what came before the page', () => {
  const events = readEvents([at('a', 3), at('b', 4), { gid: 'none' }]);
  expect(events.map(({ createdAtMs }) => createdAtMs % 60_000)).toEqual([3_000, 4_000, 4_000]);
  expect(readEvents([{ gid: 'none' }], 77)[0]?.createdAtMs).toBe(77);
});

test('a page is not taken to reach beyond Asana’s present', () => {
  const events = readEvents([at('a', 3), { gid: 'b', created_at: '2099-01-01T00:00:00.000Z' }]);
  const nowMs = Date.parse('2026-06-02T00:00:00.000Z');
  const facts = factsOf(
    { events: [], offset: null, asOfMs: nowMs, nowMs, sizeBytes: 0, roundTripMs: 0 },
    events,
  );
  expect(facts.lastCreatedAtMs).toBe(events[0]?.createdAtMs);
});

test('an event without a gid has its own time', () => {
  const events = readEvents([at('a', 3), { created_at: '2026-06-01T00:00:05.000Z' }]);
  expect(events[1]?.createdAtMs).toBe(Date.parse('2026-06-01T00:00:05Z'));
});

test('recent ids are remembered, at least so many and at most twice as many', () => {
  const recent = new RecentIds(2);
  const known = (id: string) => !recent.add(id);
  expect(['a', 'b', 'c', 'a', 'c'].map(known)).toEqual([false, false, false, true, true]);
  expect(['d', 'a'].map(known)).toEqual([false, false]);
});
