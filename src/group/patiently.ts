import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { type ConnectorError, toConnectorError } from '../errors.ts';

export interface PatiencePorts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly failed: (error: ConnectorError, retryInMs: number) => void;
}

const RETRY = { baseMs: 100, capMs: 2_000 };

/** Again and again, with growing waits, until it succeeds. Throws what no retry heals, and the reason of `signal` once that aborts. */
export async function patiently<T>(
  work: () => Promise<T>,
  { clock, random, failed }: PatiencePorts,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toConnectorError(thrown);
      if (error.disposition !== 'new-session') throw error;
      const waitMs = backoffMs(failures, random, RETRY);
      failed(error, waitMs);
      await clock.sleep(waitMs, signal);
    }
  }
}
