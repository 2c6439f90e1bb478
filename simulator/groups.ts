/** How many events share the next millisecond. */

import type { RandomStream } from './random.ts';

export interface Group {
  readonly size: number;
  readonly isBulk: boolean;
}

export interface GroupPlan {
  readonly meanSize: number;
  next(): Group;
}

const MEAN_BULK = 20;

/** Exactly `size` events a millisecond, or single events and bulk changes such that `burst` of all events are in bulk. */
export function planGroups(fixedSize: number, burst: number, random: RandomStream): GroupPlan {
  if (fixedSize > 0) return { meanSize: fixedSize, next: () => ({ size: fixedSize, isBulk: false }) };
  const bulkChance = burst / (MEAN_BULK - burst * (MEAN_BULK - 1));
  return {
    meanSize: bulkChance * MEAN_BULK + 1 - bulkChance,
    next: () =>
      random() < bulkChance ? { size: bulkSize(random()), isBulk: true } : { size: 1, isBulk: false },
  };
}

/** Mostly a handful, now and then many: 5 to 125, about 20 on average. */
const bulkSize = (fraction: number): number => Math.round(5 * 25 ** (fraction ** 2.7));
