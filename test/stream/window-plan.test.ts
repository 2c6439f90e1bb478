import { describe, expect, test } from 'vitest';
import { NO_PACE } from '../../src/stream/window-pace.ts';
import { askedToMs, firstWindow, surplus, windowsInFlight } from '../../src/stream/window-plan.ts';
import { aPace, aPageSeen as page } from './a-pace.ts';

// Of which seven tenths are for what windows are planned to hold.
const limits = { requestsPerMinute: 1_500, maxHeldBytes: 64_000_000 / 0.7 };
const END_MS = 20_000_000_000;
const pace = aPace();

describe('a window', () => {
  test('is the whole span where nothing is known of it', () => {
    const span = { fromMs: 5, toMs: 1_000_000 };
    expect(firstWindow(span, NO_PACE, limits, END_MS)).toEqual({ ...span, targetEvents: undefined });
    expect(firstWindow({ ...span, fromMs: undefined }, pace, limits, END_MS).targetEvents).toBeUndefined();
  });

  test('holds as many pages as memory has for it, if all turn out twice as large, by the density seen', () => {
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, pace, limits, END_MS)).toMatchObject({
      toMs: 12_000,
      targetEvents: 12_000,
    });
    const sparse = { ...pace, sightings: [{ atMs: 0, density: 0.001, lengthMs: 20_000 }] };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000_000 }, sparse, limits, END_MS).toMs).toBe(12_000_000);
  });

  test('is cut by what is known nearest before it', () => {
    const sightings = [
      { atMs: 0, density: 10, lengthMs: 20_000 },
      { atMs: 1_000_000, density: 1, lengthMs: 20_000 },
    ];
    const known = { ...pace, sightings };
    expect(firstWindow({ fromMs: 500, toMs: 10_000_000 }, known, limits, END_MS).toMs).toBe(500 + 1_200);
    expect(firstWindow({ fromMs: 1_000_000, toMs: 11_000_000 }, known, limits, END_MS).toMs).toBe(1_012_000);
  });

  test('is smaller where memory would not hold them all', () => {
    const slow = { ...pace, roundTripMs: 1_000 };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, slow, limits, END_MS).targetEvents).toBe(3_000);
  });

  test('may be as large as memory holds where requests are not counted', () => {
    const unlimited = { ...limits, requestsPerMinute: 0 };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, pace, unlimited, END_MS).targetEvents).toBe(4_000);
  });

  test('is smaller towards the end of all, and only there', () => {
    const span = { fromMs: 0, toMs: 50_000 };
    expect(firstWindow(span, pace, limits, 50_000).targetEvents).toBe(6_000);
    expect(firstWindow(span, pace, limits, END_MS).targetEvents).toBe(12_000);
  });

  test('takes in a rest that is not worth a proof of its own', () => {
    expect(firstWindow({ fromMs: 0, toMs: 17_000 }, pace, limits, END_MS).toMs).toBe(17_000);
    expect(firstWindow({ fromMs: 0, toMs: 19_000 }, pace, limits, END_MS).toMs).toBe(12_000);
  });

  test('is at least a millisecond long', () => {
    const dense = { ...pace, sightings: [{ atMs: 0, density: 1_000_000, lengthMs: 20_000 }] };
    expect(firstWindow({ fromMs: 0, toMs: 10_000 }, dense, limits, END_MS).toMs).toBe(1);
  });
});

describe('a window is asked for', () => {
  const window = { fromMs: 0, toMs: 12_000, targetEvents: 12_000 };

  test('a little further than it goes, so that an event behind its end shows that it is read', () => {
    expect(askedToMs(window, pace, END_MS)).toBe(12_030);
    const sparse = { ...pace, sightings: [{ atMs: 0, density: 0.001, lengthMs: 20_000 }] };
    expect(askedToMs(window, sparse, END_MS)).toBe(42_000);
  });

  test('not beyond what is to be read, and no further than it goes where nothing is known of it', () => {
    expect(askedToMs(window, pace, 12_010)).toBe(12_010);
    expect(askedToMs({ ...window, targetEvents: undefined }, pace, END_MS)).toBe(12_000);
  });
});

describe('after a page, a window', () => {
  const window = { fromMs: 0, toMs: 10_000, targetEvents: 10_000 };

  test('that is about right is read to its end', () => {
    expect(surplus(window, page(), pace)).toBeUndefined();
    expect(surplus(window, page({ reachedMs: 700 }), pace)).toBeUndefined();
  });

  test('with much more than it was cut for leaves the rest to others, from the last event shown', () => {
    expect(surplus(window, page({ reachedMs: 500 }), pace)).toEqual({ fromMs: 500, toMs: 10_000 });
  });

  test('is judged by the busier of its last page and all of it: it may have begun with a night', () => {
    const busy = page({ firstMs: 4_000, reachedMs: 4_200, windowEvents: 1_500 });
    expect(surplus(window, busy, pace)).toEqual({ fromMs: 4_200, toMs: 10_000 });
    const quiet = page({ firstMs: 4_000, reachedMs: 8_000, windowEvents: 12_500 });
    expect(surplus(window, quiet, pace)).toEqual({ fromMs: 8_000, toMs: 10_000 });
  });

  test('that was a look is cut where its page is not nearly all', () => {
    const look = { fromMs: undefined, toMs: 1_000_000, targetEvents: undefined };
    expect(surplus(look, page(), pace)).toEqual({ fromMs: 999, toMs: 1_000_000 });
    expect(surplus({ ...look, toMs: 4_500 }, page(), pace)).toBeUndefined();
  });

  test('is not cut by a page that is not full, which says more of where it ends', () => {
    expect(surplus(window, page({ events: 3, reachedMs: 3 }), pace)).toBeUndefined();
  });

  test('that has not got past its own first millisecond goes on: cut there, it would begin where it began', () => {
    expect(surplus(window, page({ firstMs: 0, reachedMs: 0 }), pace)).toBeUndefined();
  });
});

describe('windows in flight', () => {
  test('keep the budget busy for a round trip', () => {
    expect(windowsInFlight(pace, limits)).toBe(8);
    expect(windowsInFlight({ ...pace, roundTripMs: 5 }, limits)).toBe(2);
  });

  test('are no more than 32 without a budget', () => {
    expect(windowsInFlight(pace, { ...limits, requestsPerMinute: 0 })).toBe(31);
    expect(windowsInFlight({ ...pace, roundTripMs: 2_000 }, { ...limits, requestsPerMinute: 0 })).toBe(32);
  });

  test('are six at least where requests are not counted, and small', () => {
    const uncounted = { ...limits, requestsPerMinute: 0 };
    const quick = { ...pace, roundTripMs: 5 };
    expect(windowsInFlight(quick, uncounted)).toBe(6);
    const span = { fromMs: 0, toMs: 1_000_000 };
    const pagesOf = (by: typeof limits) =>
      (firstWindow(span, quick, by, 2_000_000).targetEvents ?? 0) / quick.pageEvents;
    expect([pagesOf(uncounted), pagesOf(limits)]).toEqual([6, 20]);
  });
});
