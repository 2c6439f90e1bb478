import { expect, test } from 'vitest';
import type { PageEvent } from '../../src/asana/page.ts';
import type { Placed } from '../../src/stream/events.ts';
import { upTo, type WindowPage } from '../../src/stream/window.ts';

const anEvent = (createdAtMs: number, isDated = true): Placed<PageEvent> => ({
  id: String(createdAtMs),
  createdAtMs,
  isDated,
});

/** A page of a window that goes to 1,000 and is asked for to 1,030, which does not end it. */
const aPage = (events: readonly Placed<PageEvent>[], readToMs?: number): WindowPage<PageEvent> =>
  ({
    chain: {},
    step: { next: undefined, left: 'more', readToMs },
    page: { sizeBytes: 600 },
    events,
  }) as unknown as WindowPage<PageEvent>;

const cut = (page: WindowPage<PageEvent>) => {
  const { events, step, page: kept } = upTo(1_000, 1_030, page);
  return { timesMs: events.map(({ createdAtMs }) => createdAtMs), sizeBytes: kept.sizeBytes, ...step };
};

test('a page without an event behind the window leaves open whether it is read', () => {
  const page = aPage([anEvent(998), anEvent(999)]);
  expect(cut(page)).toEqual({ timesMs: [998, 999], sizeBytes: 600, left: 'more', readToMs: undefined });
});

test('the first event behind the window shows that it is read, and is left to the next one', () => {
  const page = aPage([anEvent(998), anEvent(999), anEvent(1_000)]);
  expect(cut(page)).toMatchObject({ timesMs: [998, 999], sizeBytes: 400, left: 'more', readToMs: 1_000 });
});

test('an event that is dated further on than was asked for is kept, and shows nothing', () => {
  const page = aPage([anEvent(998), anEvent(2_000)]);
  expect(cut(page)).toMatchObject({ timesMs: [998, 2_000], readToMs: undefined });
});

test('where one without a time may be on either side, it is kept, and the window goes on', () => {
  const page = aPage([anEvent(998), anEvent(1_001, false), anEvent(1_001)]);
  expect(cut(page)).toMatchObject({ timesMs: [998, 1_001], readToMs: undefined });
});

test('an empty page shows no more than that the window is read', () => {
  expect(cut(aPage([], 1_030))).toMatchObject({ timesMs: [], readToMs: 1_000 });
  expect(cut(aPage([], 700))).toMatchObject({ readToMs: 700 });
});
