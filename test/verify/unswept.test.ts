import { describe, expect, test } from 'vitest';
import { unsweptOf } from '../../src/verify/unswept.ts';
import { aCursor } from '../stream/a-cursor.ts';

const SWEEPS = { lookbackMs: 45, intervalMs: 15 };
const SCOPE = { eventsTopic: 'e', filters: 'f' };
const swept = (sweptToMs: number, parts = {}) =>
  aCursor({ filters: 'f', sweptToMs, completeToMs: 1_000, ...parts });

describe('what the next sweep is to look for', () => {
  test('is from where everything is swept up to where the stream is complete', () => {
    expect(unsweptOf(swept(900), SCOPE, SWEEPS)).toEqual({ fromMs: 900, toMs: 1_000 });
  });

  test.each([
    ['there are no sweeps', swept(900), { ...SWEEPS, intervalMs: 0 }],
    ['sweeps are further back than ones that keep up', swept(1_000 - 3 * 60 - 1), SWEEPS],
    ['the position is of another topic', swept(900, { eventsTopic: 'other' }), SWEEPS],
    [
      'the position is of other filters: no sweep will go back for these',
      swept(900, { filters: '' }),
      SWEEPS,
    ],
    ['there is no position', undefined, SWEEPS],
  ])('is nothing where %s', (_why, position, sweeps) => {
    expect(unsweptOf(position, SCOPE, sweeps)).toBeUndefined();
  });
});
