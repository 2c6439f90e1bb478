import { describe, expect, test } from 'vitest';
import {
  afterPage,
  catchUp,
  hasFallenBehind,
  isComplete,
  NO_HABITS,
  type Scope,
  startChain,
} from '../../src/stream/chain.ts';
import type { Chain, PageFacts } from '../../src/stream/step.ts';
import { aCursor } from './a-cursor.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
const scope: Scope = { filters: {}, startAtMs: undefined, endAtMs: undefined };
const page = (facts: Partial<PageFacts>): PageFacts => ({
  count: 1_000,
  lastCreatedAtMs: NOW_MS - MINUTE_MS,
  youngestMs: facts.lastCreatedAtMs ?? NOW_MS - MINUTE_MS,
  offset: 'next',
  asOfMs: NOW_MS,
  ...facts,
});
const chainOf = (chain: Partial<Chain>): Chain => ({
  mode: 'live',
  query: { filters: {} },
  offset: undefined,
  reachedMs: undefined,
  habits: NO_HABITS,
  ...chain,
});

describe('where a stream starts', () => {
  test('at the oldest event, up to a minute before now, where there is no cursor', () => {
    const { chain, cause } = startChain(undefined, '', scope, NOW_MS);
    expect(cause).toBe('first-start');
    expect(chain.mode).toBe('catching-up');
    expect(chain.query).toEqual({
      filters: {},
      startAtMs: undefined,
      endAtMs: NOW_MS - MINUTE_MS,
      limit: undefined,
    });
  });

  test('at START_AT where there is no cursor, and not at START_AT where there is one', () => {
    const startAtMs = NOW_MS - 5 * MINUTE_MS;
    expect(startChain(undefined, '', { ...scope, startAtMs }, NOW_MS).chain.query.startAtMs).toBe(startAtMs);
    const cursor = aCursor({ watermarkMs: NOW_MS - 3 * MINUTE_MS });
    expect(startChain(cursor, '', { ...scope, startAtMs }, NOW_MS).chain.query.startAtMs).toBe(
      cursor.watermarkMs,
    );
  });

  test('at the live offset, with the exact query that it belongs to', () => {
    const query = { startAtMs: 5, endAtMs: undefined, limit: 100 };
    const cursor = aCursor({ mode: 'live', offset: { value: 'o', obtainedAtMs: 1, query } });
    const { chain, cause } = startChain(cursor, '', scope, NOW_MS);
    expect(cause).toBeUndefined();
    expect(chain).toMatchObject({ mode: 'live', offset: 'o', query: { startAtMs: 5, limit: 100 } });
  });

  test('at the watermark where the filters have changed, whatever the offset', () => {
    const offset = { value: 'o', obtainedAtMs: 1, query: {} as never };
    const cursor = aCursor({ mode: 'live', filters: 'event_type=a', offset, watermarkMs: 7 });
    const { chain, cause } = startChain(cursor, '', scope, NOW_MS);
    expect(cause).toBe('filters-changed');
    expect(chain).toMatchObject({ mode: 'catching-up', offset: undefined, query: { startAtMs: 7 } });
  });

  test('at the watermark where END_AT is not the one that the offset was obtained with', () => {
    const offset = {
      value: 'o',
      obtainedAtMs: 1,
      query: { startAtMs: 1, endAtMs: undefined, limit: undefined },
    };
    const cursor = aCursor({ mode: 'live', offset, watermarkMs: 7 });
    expect(startChain(cursor, '', { ...scope, endAtMs: 99 }, NOW_MS).chain.offset).toBeUndefined();
  });

  test('live at once where the watermark is less than the settling time old', () => {
    const { mode, query } = catchUp(NOW_MS - 90_000, scope, NOW_MS);
    expect(mode).toBe('live');
    expect(query.endAtMs).toBeUndefined();
  });

  test('nowhere where the cursor has reached END_AT', () => {
    expect(isComplete(aCursor({ watermarkMs: 10 }), { ...scope, endAtMs: 10 })).toBe(true);
    expect(isComplete(aCursor({ watermarkMs: 9 }), { ...scope, endAtMs: 10 })).toBe(false);
    expect(isComplete(undefined, { ...scope, endAtMs: 10 })).toBe(false);
  });
});

describe('catching up', () => {
  const window = chainOf({
    mode: 'catching-up',
    query: { filters: {}, startAtMs: 1_000, endAtMs: NOW_MS - MINUTE_MS },
  });

  test('goes on by the offset, with the same query, after a page of any size', () => {
    const step = afterPage(window, page({ count: 3 }), scope);
    expect(step).toMatchObject({
      left: 'more',
      readToMs: undefined,
      next: { mode: 'catching-up', offset: 'next', query: window.query },
    });
  });

  test('ends a window at an empty page, and then goes live from its end', () => {
    const step = afterPage(window, page({ count: 0 }), scope);
    expect(step.readToMs).toBe(NOW_MS - MINUTE_MS);
    expect(step.next).toMatchObject({
      mode: 'live',
      offset: undefined,
      query: { startAtMs: NOW_MS - MINUTE_MS, endAtMs: undefined },
    });
  });

  test('catches up again with what the time of catching up has added', () => {
    const laterMs = NOW_MS + 10 * MINUTE_MS;
    const step = afterPage(window, page({ count: 0, asOfMs: laterMs }), scope);
    expect(step.next).toMatchObject({
      mode: 'catching-up',
      query: { startAtMs: NOW_MS - MINUTE_MS, endAtMs: laterMs - MINUTE_MS },
    });
  });

  test('a window that our fast clock cut into Asana’s future is read only up to a minute before Asana’s now', () => {
    const asOfMs = NOW_MS - 5 * MINUTE_MS;
    const step = afterPage(window, page({ count: 0, asOfMs }), scope);
    expect(step.readToMs).toBe(asOfMs - MINUTE_MS);
    expect(step.next).toMatchObject({ mode: 'live', query: { startAtMs: asOfMs - MINUTE_MS } });
  });

  test('ends for good at END_AT', () => {
    const endAtMs = NOW_MS - MINUTE_MS;
    const ended = { ...window, query: { ...window.query, endAtMs } };
    expect(afterPage(ended, page({ count: 0 }), { ...scope, endAtMs })).toEqual({
      next: undefined,
      left: 'nothing',
      readToMs: endAtMs,
    });
  });
});

describe('an answer with data and without a new offset', () => {
  const window = chainOf({ mode: 'catching-up', query: { filters: {}, startAtMs: 1_000, endAtMs: 9_000 } });

  test.each([
    ['with limit 100 where there is no next_page', null, undefined, 100],
    ['and leaves limit out where the same offset came again', 'same', 'same', undefined],
  ])('goes on by time, %s', (_what, offset, sent, limit) => {
    const step = afterPage({ ...window, offset: sent }, page({ offset, lastCreatedAtMs: 5_000 }), scope);
    expect(step.left).toBe('more');
    expect(step.next).toMatchObject({
      offset: undefined,
      query: { startAtMs: 5_000, endAtMs: 9_000, limit },
    });
  });

  test('in live mode does not wait for the next poll before it asks with limit', () => {
    const step = afterPage(
      chainOf({ query: { filters: {}, startAtMs: 1_000 } }),
      page({ count: 3, offset: null, lastCreatedAtMs: 5_000 }),
      scope,
    );
    expect(step.left).toBe('more');
  });

  // Found with an answer of one unreadable event and no next_page: the chain began again at its start, and repeated pages.
  test('goes on from the last event that the chain has shown, not from where it began', () => {
    const seen = afterPage(window, page({ lastCreatedAtMs: 6_000, offset: 'a' }), scope).next ?? window;
    const step = afterPage(seen, page({ count: 1, lastCreatedAtMs: undefined, offset: null }), scope);
    expect(step.next?.query.startAtMs).toBe(6_000);
  });

  test('is the end where it shows only the events of the millisecond that was asked for, and larger pages were seen', () => {
    const habits = { ...NO_HABITS, largestPage: 3 };
    const byTime = { ...window, habits, query: { ...window.query, startAtMs: 5_000, limit: 100 } };
    const step = afterPage(byTime, page({ count: 2, offset: null, lastCreatedAtMs: 5_000 }), scope);
    expect(step.readToMs).toBe(9_000);
  });

  describe('that shows one millisecond, and never a larger page', () => {
    const byTime = { ...window, query: { ...window.query, startAtMs: 5_000, limit: 100 } };
    const few = page({ count: 2, offset: null, lastCreatedAtMs: 5_000 });
    const look = () => afterPage(byTime, few, scope).next ?? byTime;
    const empty = page({ count: 0, offset: null, lastCreatedAtMs: undefined });
    const more = page({ count: 1, offset: null, lastCreatedAtMs: 6_000 });

    test('leads to a look behind that millisecond', () => {
      expect(look().query).toMatchObject({ startAtMs: 5_001, endAtMs: 9_000 });
    });

    test('was the end where there is nothing', () => {
      expect(afterPage(look(), empty, scope).readToMs).toBe(9_000);
    });

    // 50 of 3,000 events were read from a source that cut its pages below our limit, and that was called the end.
    // Seed 484: it was asked for again, showed no more, and the stream halted.
    test('was the end where there is only an event without a time, which the page held already', () => {
      const undated = page({ count: 1, offset: null, lastCreatedAtMs: undefined });
      const step = afterPage(look(), undated, scope);
      expect(step.readToMs).toBe(9_000);
      expect(step.isPreview).toBeUndefined();
    });

    test('is asked for again where there is something, and refused where it still shows no more', () => {
      const step = afterPage(look(), more, scope);
      expect(step).toMatchObject({ isPreview: true, next: { query: { startAtMs: 5_000 } } });
      expect(() => afterPage(step.next ?? byTime, few, scope)).toThrow(/neither an offset nor time leads on/);
    });

    test('goes on where it shows more then: that had come since', () => {
      const step = afterPage(look(), more, scope);
      const both = page({ count: 3, offset: null, lastCreatedAtMs: 6_000 });
      const next = afterPage(step.next ?? byTime, both, scope).next;
      expect(next?.query.startAtMs).toBe(6_000);
      expect(next?.probedCount).toBeUndefined();
    });
  });

  test('leads nowhere new where offsets are refused: time leads on although there is one', () => {
    const failing = { ...window, habits: { ...NO_HABITS, offsetsFail: true } };
    const step = afterPage(failing, page({ offset: 'useless', lastCreatedAtMs: 5_000 }), scope);
    expect(step.next).toMatchObject({ offset: undefined, query: { startAtMs: 5_000, limit: 100 } });
  });

  test('is not the end where that millisecond fills the page: it is refused, not skipped', () => {
    const byTime = { ...window, query: { ...window.query, startAtMs: 5_000, limit: 100 } };
    const full = page({ count: 100, offset: null, lastCreatedAtMs: 5_000 });
    expect(() => afterPage(byTime, full, scope)).toThrow(/neither an offset nor time leads on/);
  });
});

describe('a live chain has fallen behind', () => {
  const full = { mode: 'live', offset: 'o', asOfMs: NOW_MS } as const;
  const old = aCursor({ watermarkMs: NOW_MS - 11 * MINUTE_MS });

  test('where there is more to come, and the last event is more than ten minutes old', () => {
    expect(hasFallenBehind(full, old)).toBe(true);
    expect(hasFallenBehind(full, aCursor({ watermarkMs: NOW_MS - 9 * MINUTE_MS }))).toBe(false);
    expect(hasFallenBehind({ ...full, mode: 'catching-up' }, old)).toBe(false);
  });

  // Seed 4868: a quiet stream began anew again and again, without a wait.
  test('not where no offset came: then there is always more to ask for', () => {
    expect(hasFallenBehind({ ...full, offset: null }, old)).toBe(false);
  });
});

describe('live', () => {
  test('an empty page without next_page keeps the query, for as long as nothing has matched', () => {
    const chain = chainOf({ query: { filters: {}, startAtMs: 5 } });
    expect(afterPage(chain, page({ count: 0, offset: null }), scope)).toEqual({
      next: chain,
      left: 'nothing',
      readToMs: undefined,
    });
  });

  test('an empty page moves the offset', () => {
    const step = afterPage(chainOf({ offset: 'old' }), page({ count: 0, offset: 'new' }), scope);
    expect(step.next?.offset).toBe('new');
  });

  test('a short page is followed by a wait, a full one is not', () => {
    const chain = chainOf({ offset: 'old', habits: { ...NO_HABITS, largestPage: 1_000 } });
    expect(afterPage(chain, page({ count: 999 }), scope).left).toBe('unknown');
    expect(afterPage(chain, page({ count: 1_000 }), scope).left).toBe('more');
  });

  test('what a full page is, is learnt from the largest seen, from 100 on', () => {
    const first = afterPage(chainOf({ offset: 'a' }), page({ count: 100, offset: 'b' }), scope);
    expect(first.left).toBe('more');
    const second = afterPage(chainOf({ offset: 'a' }), page({ count: 700, offset: 'b' }), scope);
    expect(second.next?.habits.largestPage).toBe(700);
  });

  test('with END_AT it ends at the empty page that came a minute after it', () => {
    const endAtMs = NOW_MS - MINUTE_MS;
    const chain = chainOf({ query: { filters: {}, startAtMs: 5, endAtMs } });
    expect(
      afterPage(chain, page({ count: 0, asOfMs: NOW_MS - 1 }), { ...scope, endAtMs }).next,
    ).toBeDefined();
    expect(afterPage(chain, page({ count: 0, asOfMs: NOW_MS }), { ...scope, endAtMs })).toMatchObject({
      next: undefined,
      readToMs: endAtMs,
    });
  });
});
