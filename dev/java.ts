/** Which Java runs the stack, and where its jars are. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '..', '.cache');

/** The `java` of `javaHome`, else of the environment's JAVA_HOME, else of the PATH. */
export function javaCommand(javaHome: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const home = javaHome ?? env.JAVA_HOME;
  return home ? join(home, 'bin', 'java') : 'java';
}

/** A folder that `make setup` installs, or `make examples`. Throws when it is not there. */
export function installedFolder(name: 'kafka' | 'registry' | 'kafka-streams' | 'flink-sql'): string {
  const folder = join(CACHE, name);
  if (!existsSync(join(folder, '.complete'))) {
    throw new Error(`${name} is not installed in ${folder}: run make setup (for an example: make examples)`);
  }
  return folder;
}

/** The last lines of a log file's text, for error messages. */
export function lastLines(log: string, count: number): string {
  return log.trimEnd().split('\n').slice(-count).join('\n');
}
