/** What happened, in order: every call of a port and every event of the models. Two runs are the same if their traces are. */

import { createHash } from 'node:crypto';

export interface Trace {
  note(what: string): void;
  /** Of everything noted so far; to be asked for once, at the end. */
  digest(): string;
}

/** @param print gets each line, with the virtual time in front */
export function createTrace(nowMs: () => number, print?: (line: string) => void): Trace {
  const hash = createHash('sha256');
  return {
    note: (what) => {
      const line = `${nowMs().toFixed(1)} ${what}`;
      hash.update(`${line}\n`);
      print?.(line);
    },
    digest: () => hash.digest('hex'),
  };
}
