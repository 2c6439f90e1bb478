import type { Clock } from './clock.ts';

/** Without a reason of its own, aborting takes the stack, which is the dearest part of a call that is in time. */
const FINISHED = 'finished';

/**
 * Runs `work` with a signal that aborts with `signal`, or after `limitMs` with the error that `late` makes.
 *
 * Not by AbortSignal.timeout(): its timer stays until the limit, so that a minute of pages in time leaves thousands of them.
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  const limited = new AbortController();
  const stop = () => limited.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const timer = clock.sleep(limitMs, finished.signal).then(
    () => limited.abort(late()),
    () => {},
  );
  try {
    return await work(limited.signal);
  } finally {
    signal.removeEventListener('abort', stop);
    finished.abort(FINISHED);
    await timer;
  }
}

/**
 * What `pending` gives, or the error that `late` makes after `limitMs`. For work that takes no signal: it goes on unheeded, so
 * whatever it still does must not matter any more.
 */
export async function orLate<T>(
  clock: Clock,
  limitMs: number,
  late: () => Error,
  pending: Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  const outcome = Promise.withResolvers<T>();
  const timer = clock.sleep(limitMs, finished.signal).then(
    () => outcome.reject(late()),
    () => {},
  );
  pending.then(outcome.resolve, outcome.reject);
  try {
    return await outcome.promise;
  } finally {
    finished.abort(FINISHED);
    await timer;
  }
}

/**
 * What `pending` gives, or the reason of `signal` once that aborts. For work that changes nothing and waits for what takes no signal,
 * as kafkajs does: it goes on unheeded.
 */
export async function orStopped<T>(signal: AbortSignal, pending: Promise<T>): Promise<T> {
  const outcome = Promise.withResolvers<T>();
  const stop = () => outcome.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  pending.then(outcome.resolve, outcome.reject);
  try {
    return await outcome.promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
