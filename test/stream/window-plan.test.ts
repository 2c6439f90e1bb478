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
  sightings: [{ atMs: 0, density: 1 }],
  trust: 32,
};
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
    expect(firstWindow(span, NO_PACE, limits)).toEqual({ ...span, targetEvents: undefined });
    expect(firstWindow({ ...span, fromMs: undefined }, pace, limits).targetEvents).toBeUndefined();
  });

  test('holds as many pages as make its one proof cheap, by the density seen', () => {
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, pace, limits)).toMatchObject({
      toMs: 25_000,
      targetEvents: 25_000,
    });
    const sparse = { ...pace, sightings: [{ atMs: 0, density: 0.001 }] };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000_000 }, sparse, limits).toMs).toBe(25_000_000);
  });

  test('is cut by what is known nearest before it', () => {
    const sightings = [
      { atMs: 0, density: 10 },
      { atMs: 1_000_000, density: 1 },
    ];
    const known = { ...pace, sightings };
    expect(firstWindow({ fromMs: 500, toMs: 10_000_000 }, known, limits).toMs).toBe(500 + 2_500);
    expect(firstWindow({ fromMs: 1_000_000, toMs: 11_000_000 }, known, limits).toMs).toBe(1_025_000);
  });

  test('is smaller where memory would not hold them all, and towards the end', () => {
    const slow = { ...pace, roundTripMs: 1_000 };
    expect(firstWindow({ fromMs: 0, toMs: 10_000_000 }, slow, limits).targetEvents).toBe(7_000);
    expect(firstWindow({ fromMs: 0, toMs: 100_000 }, pace, limits).targetEvents).toBe(12_000);
  });

  test('takes in a rest that is not worth a proof of its own', () => {
    expect(firstWindow({ fromMs: 0, toMs: 5_000 }, pace, limits).toMs).toBe(5_000);
  });

  test('is at least a millisecond long', () => {
    const dense = { ...pace, sightings: [{ atMs: 0, density: 1_000_000 }] };
    expect(firstWindow({ fromMs: 0, toMs: 10_000 }, dense, limits).toMs).toBe(1);
  });
});

describe('after a page, a window', () => {
  const window = { fromMs: 0, toMs: 10_000, targetEvents: 10_000 };

  test('that is about right is read to its end', () => {
    expect(surplus(window, page(), pace, limits)).toBeUndefined();
  });

  test('with much more than it was cut for leaves the rest to others, from the last event shown', () => {
    const dense = page({ reachedMs: 99 });
    expect(surplus(window, dense, pace, limits)).toEqual({ fromMs: 99, toMs: 10_000 });
  });

  test('that was a look is cut by what its page shows', () => {
    const look = { fromMs: undefined, toMs: 1_000_000, targetEvents: undefined };
    expect(surplus(look, page(), pace, limits)).toEqual({ fromMs: 999, toMs: 1_000_000 });
    expect(surplus({ ...look, toMs: 5_000 }, page(), pace, limits)).toBeUndefined();
  });

  test('that has not got past its own first millisecond goes on: cut there, it would begin where it began', () => {
    const full = page({ firstMs: 0, reachedMs: 0 });
    expect(surplus(window, full, pace, limits)).toBeUndefined();
  });
});

describe('what is learnt', () => {
  const window = { fromMs: 0, toMs: 25_000, targetEvents: 25_000 };

  test('of a window that has much less than expected: its own density, and to try one before many', () => {
    const end = page({ endsWindow: true, events: 0, windowEvents: 25 });
    const learnt = learn(pace, window, end);
    expect(learnt.sightings.at(-1)).toEqual({ atMs: 25_000, density: 0.001 });
    expect(windowsInFlight(learnt, limits)).toBe(1);
  });

  test('of a page that is as expected: to try more again', () => {
    expect(learn({ ...pace, trust: 1 }, window, page()).trust).toBe(4);
  });

  test('of a window far behind does not hide what is known further on', () => {
    const known = { ...pace, trust: 1, sightings: [{ atMs: 90_000, density: 0 }] };
    const learnt = learn(known, window, page());
    expect(learnt.trust).toBe(1);
    expect(learnt.sightings.at(-1)).toEqual({ atMs: 90_000, density: 0 });
  });

  test('of a page that is not full: nothing of the density', () => {
    expect(learn(pace, window, page({ events: 3, reachedMs: 10 })).sightings).toEqual(pace.sightings);
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
