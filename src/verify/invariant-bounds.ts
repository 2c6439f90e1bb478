/** The invariants of what is around the streams: partitions, readers, requests. */

import type { ConcurrentReading, PartitionEnd, Requests } from './evidence.ts';
import type { Violation } from './violation.ts';

export const checkPartitions = (partitions: readonly PartitionEnd[]): Violation[] =>
  partitions
    .filter(({ lastStableOffset, endOffset }) => lastStableOffset !== endOffset)
    .map(({ topic, partition, lastStableOffset, endOffset }) => ({
      invariant: 'no-hanging-transaction',
      detail: `${topic}-${partition}: last stable offset ${lastStableOffset}, end ${endOffset}`,
    }));

export const checkReadings = (readings: readonly ConcurrentReading[]): Violation[] =>
  readings.flatMap(({ topic, partition, seen, atTheEnd }) => {
    const length = Math.max(seen.length, atTheEnd.length);
    for (let at = 0; at < length; at++) {
      if (seen[at] === atTheEnd[at]) continue;
      const detail = `${topic}-${partition}: record ${at} was ${seen[at] ?? 'not seen'}, and is ${atTheEnd[at] ?? 'not there'}`;
      return [{ invariant: 'reader-agrees', detail }];
    }
    return [];
  });

const MINUTE_MS = 60_000;

/** No minute, wherever it begins, has more requests than the budget. */
export function checkRequests(all: readonly Requests[]): Violation[] {
  return all.flatMap(({ by, perMinute, timesMs }) => {
    if (perMinute === 0) return [];
    for (let last = perMinute; last < timesMs.length; last++) {
      const fromMs = timesMs[last - perMinute] ?? 0;
      const toMs = timesMs[last] ?? 0;
      if (toMs - fromMs >= MINUTE_MS) continue;
      const detail = `${by}: more than ${perMinute} requests in the minute from ${fromMs.toFixed(0)} ms on`;
      return [{ invariant: 'request-budget', detail }];
    }
    return [];
  });
}
