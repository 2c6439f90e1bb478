/** Starting a service in a folder of its own, on ports that another program may snatch at the last moment. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines } from './java.ts';

/** The port was free when it was chosen, and taken when the service wanted it. */
export class PortTakenError extends Error {}

export type StartOptions = {
  /** Names the service in messages; also the beginning of its folder's name. */
  name: string;
  /** Where the folder is made; the system's temporary folder by default. */
  parent: string | undefined;
  log: (line: string) => void;
};

const ATTEMPTS = 3;

/** Calls `start` with a new folder, again with another one after a PortTakenError. A folder of a failed start is removed. */
export async function startInFolder<T>(
  options: StartOptions,
  start: (folder: string) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(options.parent ?? tmpdir(), `${options.name}-`));
    try {
      return await start(folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (!(error instanceof PortTakenError) || attempt === ATTEMPTS) throw error;
      options.log(
        `another program took a port that was chosen for ${options.name}; starting again on another`,
      );
    }
  }
}

/** The error of a start that failed: what happened, the end of the log, and whether another port would help. */
export function explainFailedStart(cause: unknown, logFile: string, log: string): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${reason}\n--- the end of ${logFile}:\n${lastLines(log, 20)}`;
  return /BindException|Address already in use|already bound/.test(log)
    ? new PortTakenError(message, { cause })
    : new Error(message, { cause });
}
