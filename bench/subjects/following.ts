/** The connector as it runs for ever, for as long as somebody looks at it. */

import type { Stage } from '../stage.ts';
import { startMeasured } from './measured.ts';
import { connector } from './subjects.ts';

const STOP_GRACE_MS = 10_000;

/** Throws where the connector ends by itself, or is not ended by SIGTERM in order. */
export async function whileFollowing<T>(
  stage: Stage,
  run: string,
  env: Readonly<Record<string, string>>,
  look: (pid: number) => Promise<T>,
): Promise<T> {
  const command = connector({ args: ['run'], env }).command(stage, run);
  const { child, ended } = await startMeasured(command, stage.folder);
  const endedEarly = ended.then(() => {
    throw new Error(`${run} ended while it was to follow`);
  });
  // Also where it fails only while it is being stopped, which the last line is about.
  endedEarly.catch(() => undefined);
  let seen: T;
  try {
    seen = await Promise.race([endedEarly, look(child.pid)]);
  } finally {
    // A connector left behind would disturb every row that follows.
    await child.stop(STOP_GRACE_MS);
  }
  await ended;
  return seen;
}
