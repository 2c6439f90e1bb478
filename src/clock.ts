/** Time as a port: nothing that a stream is made of looks at a clock or waits by itself. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow, for durations. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

/** Not Node's own: it makes an error of an abort, and its stack takes longer than all the rest of a call that was in time. */
function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const wake = () => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(wake, delayMs);
    signal.addEventListener('abort', stop, { once: true });
  });
}

export const systemClock: Clock = {
  now: Date.now,
  monotonicMs: () => performance.now(),
  sleep,
};

/** Milliseconds as Asana writes them: `2026-01-31T09:30:00.000Z`. */
export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();
