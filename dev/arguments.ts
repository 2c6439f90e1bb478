/** Command lines of the project's own tools: what is wrong with one is a line that says so, and exit code 2. */

/** Throws with what is wrong. */
export function countOf(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${flag}: expected a whole number from 1 on, got '${text}'`);
  return value;
}

/** What `read` gives; where it throws, the process ends with its message and exit code 2. */
export function readOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}
