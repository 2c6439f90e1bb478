import type { Clock } from './clock.ts';

/** Runs `work` with a signal that aborts with `signal`, or after `limitMs` with the error that `late` makes. */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  const expired = new AbortController();
  const timer = clock.sleep(limitMs, finished.signal).then(
    () => expired.abort(late()),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, expired.signal]));
  } finally {
    finished.abort();
    await timer;
  }
}
