import { setTimeout as delay } from 'node:timers/promises';

/** Time as a port: nothing below the composition root looks at a clock or waits by itself. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow, for durations. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  monotonicMs: () => performance.now(),
  sleep: async (delayMs, signal) => {
    await delay(delayMs, undefined, { signal }).catch((error) => {
      throw signal.aborted ? signal.reason : error;
    });
  },
};

/** Milliseconds as Asana writes them: `2026-01-31T09:30:00.000Z`. */
export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();
