/** Bounded waiting: every wait in the local stack ends by a deadline or by its caller's signal. */

import { setTimeout as sleep } from 'node:timers/promises';

export type WaitOptions = {
  /** What is waited for, as it reads in "gave up waiting for ...". */
  what: string;
  timeoutMs: number;
  intervalMs?: number;
  signal?: AbortSignal | undefined;
};

/**
 * Calls `probe` until it answers something other than `undefined`. A probe that throws has not succeeded yet; its last error is the
 * `cause` when time is up. Throws the signal's reason when it aborts.
 */
export async function waitUntil<T>(
  probe: (signal: AbortSignal) => Promise<T | undefined>,
  options: WaitOptions,
): Promise<T> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  let cause: unknown;
  while (!signal.aborted) {
    try {
      const answer = await probe(signal);
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    // The loop's own condition tells what ended the pause.
    await sleep(options.intervalMs ?? 100, undefined, { signal }).catch(() => undefined);
  }
  options.signal?.throwIfAborted();
  throw new Error(`gave up waiting for ${options.what} after ${options.timeoutMs} ms`, { cause });
}
