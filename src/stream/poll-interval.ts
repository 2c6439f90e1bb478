import type { Step } from './step.ts';

const SHORTEST_SHARE = 1 / 8;

/**
 * How long to wait for the next poll of a live stream, after a wait of `waitMs` and a page that was not full: the shorter, the
 * more pages bring something; the longest where nothing happens.
 */
export const nextPollMs = (waitMs: number, left: Step['left'], longestMs: number): number =>
  left === 'nothing' ? Math.min(longestMs, 2 * waitMs) : Math.max(longestMs * SHORTEST_SHARE, waitMs / 2);
