/** The order of events that share a millisecond: the API promises none, so each chain of offsets may see another. */

import type { Timeline } from './timeline.ts';

/**
 * Maps a rank in the chain to an event's index. Only among the first `closedLength` events, whose milliseconds are over:
 * a millisecond that can still grow would be permuted anew between two pages, which would lose events.
 */
export function tieOrder(timeline: Timeline, closedLength: number, salt: number): (rank: number) => number {
  if (salt === 0) return (rank) => rank;
  let from = 0;
  let to = 0;
  let stride = 1;
  return (rank) => {
    if (rank >= closedLength) return rank;
    if (rank < from || rank >= to) {
      const timeMs = timeline.timeAt(rank);
      if (timeline.timeAt(rank + 1) !== timeMs && timeline.timeAt(rank - 1) !== timeMs) return rank;
      from = timeline.firstAtOrAfter(timeMs);
      to = Math.min(closedLength, timeline.firstAtOrAfter(timeMs + 1));
      stride = coprimeStride(to - from, salt);
    }
    const size = to - from;
    return from + (((rank - from) * stride + (salt % size)) % size);
  };
}

/** A step that visits every place of a ring of `size` before it comes back. */
function coprimeStride(size: number, salt: number): number {
  let stride = 1 + (salt % 9_973);
  while (greatestCommonDivisor(stride, size) !== 1) stride += 1;
  return stride;
}

const greatestCommonDivisor = (left: number, right: number): number =>
  right === 0 ? left : greatestCommonDivisor(right, left % right);
