import { runWorkspace, type SharedParts } from './run-workspace.ts';
import type { Until } from './stream/follow.ts';
import type { Outcome } from './stream/stream.ts';

// Nobody else gives the stream to anybody: whoever began last has it.
const stillOurs = async () => {};

/** Runs all streams to their ends, or until `signal` aborts. One that fails does not stop the others, unless none can work. */
export async function runStandalone(
  shared: SharedParts,
  newUntil: () => Until,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Outcome>> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const runs = shared.config.ASANA_WORKSPACES.map(async (workspace): Promise<[string, Outcome]> => {
    const outcome = await runWorkspace(workspace, shared, { until: newUntil(), stillOurs }, either);
    if (outcome.ended === 'failed' && outcome.error.disposition === 'exit') failed.abort(outcome.error);
    return [workspace, outcome];
  });
  return new Map(await Promise.all(runs));
}
