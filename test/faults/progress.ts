/** Waiting for the connector to get on, from outside. */

import { waitUntil } from '../../dev/wait.ts';
import type { Running } from './connector.ts';

const LOOK_EVERY_MS = 100;

/** Milliseconds until it has committed more than it says now. Throws when `timeoutMs` have passed without. */
export async function timeToNextCommit(connector: Running, what: string, timeoutMs: number): Promise<number> {
  const startedMs = performance.now();
  const before = (await connector.committedEvents()) ?? 0;
  await waitUntil(async () => ((await connector.committedEvents()) ?? 0) > before || undefined, {
    what: `a commit ${what}`,
    timeoutMs,
    intervalMs: LOOK_EVERY_MS,
  });
  return performance.now() - startedMs;
}
