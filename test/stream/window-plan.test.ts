import { describe, expect, test } from 'vitest';
import {
  firstWindow,
  learn,
  NO_PACE,
  type Pace,
  type PageSeen,
  surplus,
  windowsInFlight,
} from '../../src/stream/window-plan.ts';

const limits = { requestsPerMinute: 1_500, maxHeldBytes: 64_000_000 };
const pace: Pace = {
  roundTripMs: 250,
  pageEvents: 1_000,
  pageBytes: 640_000,
  sightings: [{ atMs: 0, density: 1, lengthMs: 20_000 }],
  trust: 32,
};
const END_MS = 20_000_000_000;
const page = (parts: Partial<PageSeen> = {}): PageSeen => ({
  events: 1_000,
  bytes: 640_000,
  roundTripMs: 250,
  firstMs: 0,
  reachedMs: 999,
  windowEvents: 1_000,
  endsWindow: false,
  ...parts,
});

describe('a window', () => {
  test('is the whole span where nothing is known of it', () => {
    const span = { fromMs: 5, toMs: 1_000_000 };
    expect(firstWindow(span, NO_PACE, limits, END_MS)).toEqual({ ...span, targetEvents: undefined });
    expect(firstWindow({ ...span, fromMs: undefined }, pace, limits, END_MS).targetEvents).toBeUndefined();
  });

  test('holds as many pages as make its one proof cheap, by the density seen', () => {
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, pace, limits, END_MS)).toMatchObject({
      toMs: 20_000,
      targetEvents: 20_000,
    });
    const sparse = { ...pace, sightings: [{ atMs: 0, density: 0.001, lengthMs: 20_000 }] };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000_000 }, sparse, limits, END_MS).toMs).toBe(20_000_000);
  });

  test('is cut by what is known nearest before it', () => {
    const sightings = [
      { atMs: 0, density: 10, lengthMs: 20_000 },
      { atMs: 1_000_000, density: 1, lengthMs: 20_000 },
    ];
    const known = { ...pace, sightings };
    expect(firstWindow({ fromMs: 500, toMs: 10_000_000 }, known, limits, END_MS).toMs).toBe(500 + 2_000);
    expect(firstWindow({ fromMs: 1_000_000, toMs: 11_000_000 }, known, limits, END_MS).toMs).toBe(1_020_000);
  });

  test('is smaller where memory would not hold them all', () => {
    const slow = { ...pace, roundTripMs: 1_000 };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, slow, limits, END_MS).targetEvents).toBe(7_000);
  });

  test('is smaller towards the end of all, and only there', () => {
    const span = { fromMs: 0, toMs: 100_000 };
    expect(firstWindow(span, pace, limits, 100_000).targetEvents).toBe(12_000);
    expect(firstWindow(span, pace, limits, END_MS).targetEvents).toBe(20_000);
  });

  test('takes in a rest that is not worth a proof of its own', () => {
    expect(firstWindow({ fromMs: 0, toMs: 29_000 }, pace, limits, END_MS).toMs).toBe(29_000);
    expect(firstWindow({ fromMs: 0, toMs: 31_000 }, pace, limits, END_MS).toMs).toBe(20_000);
  });

  test('is at least a millisecond long', () => {
    const dense = { ...pace, sightings: [{ atMs: 0, density: 1_000_000, lengthMs: 20_000 }] };
    expect(firstWindow({ fromMs: 0, toMs: 10_000 }, dense, limits, END_MS).toMs).toBe(1);
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
    expect(surplus({ ...look, toMs: 5_000 }, page(), pace)).toBeUndefined();
  });

  test('is not cut by a page that is not full, which says more of where it ends', () => {
    expect(surplus(window, page({ events: 3, reachedMs: 3 }), pace)).toBeUndefined();
  });

  test('that has not got past its own first millisecond goes on: cut there, it would begin where it began', () => {
    expect(surplus(window, page({ firstMs: 0, reachedMs: 0 }), pace)).toBeUndefined();
  });
});

describe('what is learnt', () => {
  const window = { fromMs: 0, toMs: 20_000, targetEvents: 20_000 };
  const end = (windowEvents: number) => page({ endsWindow: true, events: 0, windowEvents });

  test('of a window that has much less than expected: its own density, and to try one before many', () => {
    const learnt = learn(pace, window, end(20), undefined);
    expect(learnt.sightings.at(-1)).toEqual({ atMs: 20_000, density: 0.001, lengthMs: 20_000 });
    expect(learnt.trust).toBe(1);
  });

  test('of a night or a weekend: a part of an average', () => {
    const learnt = learn(pace, window, end(2_000), undefined);
    expect(learnt.sightings.at(-1)).toEqual({ atMs: 20_000, density: 0.55, lengthMs: 40_000 });
    expect(learnt.trust).toBe(32);
  });

  test('of a window that was cut: how dense it was', () => {
    const rest = { fromMs: 500, toMs: 20_000 };
    const learnt = learn(pace, window, page({ reachedMs: 499 }), rest);
    expect(learnt.sightings.at(-1)).toEqual({ atMs: 499, density: 2, lengthMs: 500 });
  });

  test('of a window that is as expected: to try more again', () => {
    expect(learn({ ...pace, trust: 1 }, window, page(), undefined).trust).toBe(4);
  });

  test('of a window far behind does not hide what is known further on', () => {
    const known = { ...pace, trust: 1, sightings: [{ atMs: 90_000, density: 0, lengthMs: 1 }] };
    const learnt = learn(known, window, end(20_000), undefined);
    expect(learnt.trust).toBe(1);
    expect(learnt.sightings.at(-1)).toEqual({ atMs: 90_000, density: 0, lengthMs: 1 });
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
});
