/** Waiting for a process that was just started. */

import type { ChildHandle } from './process.ts';
import { waitUntil } from './wait.ts';

export type ReadinessOptions = {
  name: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};

/** Resolves when `probe` answers `true`; a probe that throws is tried again. Throws as soon as the process has ended, or time is up. */
export async function waitUntilReady(
  child: ChildHandle,
  probe: (signal: AbortSignal) => Promise<boolean>,
  { name, timeoutMs, signal }: ReadinessOptions,
): Promise<void> {
  const ended = new AbortController();
  child.exited.then((status) =>
    ended.abort(
      new Error(`${name} ended with ${status.signal ?? `exit code ${status.code}`} while starting`),
    ),
  );
  await waitUntil(async (end) => (await probe(end)) || undefined, {
    what: `${name} to answer`,
    timeoutMs,
    signal: signal ? AbortSignal.any([signal, ended.signal]) : ended.signal,
  });
}
