/** The demo's end where nobody wants to wait for an orderly one. */

import { spawn } from 'node:child_process';

const EXIT_INTERRUPTED = 130;

/** Ends this process, and with it all that it started; `folder` goes a moment later. */
export function leaveAtOnce(folder: string): never {
  removeAfterExit(folder);
  // Behind the one that gives the terminal back, so that the line stays in sight.
  process.once('exit', () =>
    console.error('ended at once: nothing is proven; what was started ends, and its data are removed'),
  );
  process.exit(EXIT_INTERRUPTED);
}

/**
 * A shell that waits for the end of this process (its stdin ends then), as the watchdogs of the children do that kill them at the same
 * moment. Some still write meanwhile, and make again what was just removed: hence again and again, for five seconds.
 */
function removeAfterExit(folder: string): void {
  const script =
    'read -r _; for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- "$1" 2>/dev/null; sleep 0.5; done; rm -rf -- "$1"';
  spawn('sh', ['-c', script, 'remove', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  }).unref();
}
