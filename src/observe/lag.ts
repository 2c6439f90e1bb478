import type { Position } from '../stream/observer.ts';

/** What the lag of a stream follows from. */
export interface LagFacts {
  readonly position: Position | undefined;
  /** Of what is at hand and not committed. */
  readonly oldestUncommittedMs: number | undefined;
  /** It holds a session, and has not ended. */
  readonly isAsking: boolean;
}

const LEAST_BEHIND_MS = 5 * 60_000;

/** A live stream that is complete as of longer ago is not heard: it does not know how far behind it is. */
export const behindAfterMs = (waits: { pollIntervalMs: number; requestTimeoutMs: number }): number =>
  Math.max(LEAST_BEHIND_MS, 3 * waits.pollIntervalMs + waits.requestTimeoutMs);

/**
 * What is at hand and not committed is known. Before the first page of a session, and between two windows of the past, nobody
 * knows what is left: it is younger than what is complete. Not than the last event: a quiet tenant's may be days old. And who does
 * not ask any more does not know either; then undefined.
 */
export function lagMs(
  { position, oldestUncommittedMs, isAsking }: LagFacts,
  nowMs: number,
  unheardAfterMs: number,
): number | undefined {
  if (oldestUncommittedMs !== undefined) return Math.max(0, nowMs - oldestUncommittedMs);
  if (position === undefined) return undefined;
  const behindMs = Math.max(0, nowMs - position.completeToMs);
  if (!position.caughtUp) return behindMs;
  return isAsking && behindMs <= unheardAfterMs ? 0 : undefined;
}
