/** Runs of seeds in processes of their own, one a core, or over another copy of the sources. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { BatchResult } from './batch.ts';

export interface ChildOptions {
  readonly first: number;
  readonly count: number;
  /** From one seed to the next. */
  readonly step?: number;
  readonly until?: string;
  /** The copy of the sources to run; this one where undefined. */
  readonly root?: string;
  readonly timeoutMs: number;
}

/** Rejects with the child's own words where it did not give a result. */
export function runChild(options: ChildOptions): Promise<BatchResult> {
  const { first, count, step = 1, until, timeoutMs } = options;
  const root = options.root ?? join(import.meta.dirname, '../..');
  const args = ['--from', String(first), '--seeds', String(count), '--step', String(step), '--json'];
  if (until !== undefined) args.push('--until', until);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'test/simulation/run.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      try {
        resolve(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
      } catch {
        reject(new Error(`seeds from ${first} gave no result (${signal ?? code}): ${errors.slice(-2_000)}`));
      }
    });
  });
}
