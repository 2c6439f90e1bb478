import { describe, expect, test } from 'vitest';
import { learn } from '../../src/stream/window-pace.ts';
import { aPace, aPageSeen as page } from './a-pace.ts';

const pace = aPace();

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
