import { expect, test } from 'vitest';
import type { Cursor } from '../../src/stream/cursor.ts';
import { inTimeOrder } from '../../src/stream/events.ts';
import { KnownIds } from '../../src/stream/known-ids.ts';
import { aCursor } from './a-cursor.ts';
import { anEvent } from './an-event.ts';

const WATERMARK_MS = Date.parse('2026-06-01T12:00:00Z');
const live = aCursor({
  mode: 'live',
  watermarkMs: WATERMARK_MS,
  committed: new Map([['at the watermark', WATERMARK_MS]]),
  swept: new Map([['swept', WATERMARK_MS - 1]]),
  offset: {
    value: 'o',
    obtainedAtMs: WATERMARK_MS,
    query: { startAtMs: 0, endAtMs: undefined, limit: undefined },
  },
});

/** A session that begins at `cursor`, of a topic with these ids from before the watermark. */
function sessionAt(cursor: Cursor | undefined, ...older: string[]) {
  let reads = 0;
  const known = new KnownIds(cursor, async () => {
    reads++;
    return older;
  });
  const newOf = async (...page: [id: string, afterMs: number | undefined][]) => {
    const events = inTimeOrder(
      page.map(([id, afterMs]) => anEvent(id, afterMs === undefined ? undefined : WATERMARK_MS + afterMs)),
      WATERMARK_MS,
    );
    await known.prepare([{ events }], cursor);
    return events.filter((event) => known.isNew(event, cursor)).map(({ id }) => id);
  };
  return { newOf, reads: () => reads };
}

test('what is listed by the cursor, or was shown by this session, is known without a look at Kafka', async () => {
  const { newOf, reads } = sessionAt(live);
  expect(await newOf(['swept', -1], ['at the watermark', 0], ['a', 1])).toEqual(['a']);
  expect(await newOf(['at the watermark', 0], ['a', 1], ['b', 2])).toEqual(['b']);
  expect(reads()).toBe(0);
});

test('what a page shows from before the session is looked for in Kafka, once a session', async () => {
  const { newOf, reads } = sessionAt(live, 'x', 'y');
  expect(await newOf(['x', -9], ['late', -8], ['a', 1])).toEqual(['late', 'a']);
  expect(await newOf(['y', -9], ['later still', -8])).toEqual(['later still']);
  expect(reads()).toBe(1);
});

test('so is what has no time of its own: it has that of its neighbours on the page', async () => {
  const { newOf } = sessionAt(live, 'dead letter');
  expect(await newOf(['dead letter', undefined], ['a', 1])).toEqual(['a']);
});

test('a session that begins without an offset is shown nothing older, and asks nobody', async () => {
  const { newOf, reads } = sessionAt({ ...live, offset: undefined });
  expect(await newOf(['an older one', -9])).toEqual(['an older one']);
  expect(reads()).toBe(0);
});

test('what a sweep makes the cursor forget is still known', async () => {
  const known = new KnownIds(live, async () => []);
  const [event] = inTimeOrder([anEvent('at the watermark', WATERMARK_MS)], undefined);
  const moved = { ...live, watermarkMs: WATERMARK_MS + 1, committed: new Map() };
  expect(event && known.isNew(event, moved)).toBe(false);
});
