/** Child processes that never outlive their parent, however it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type ExitStatus = { code: number | null; signal: NodeJS.Signals | null };

export type ChildHandle = {
  readonly pid: number;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<ExitStatus>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when the process is still there after the grace time. Does nothing when it is gone already. */
  stop(graceMs: number): Promise<ExitStatus>;
};

export type ChildCommand = {
  command: string;
  args: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
};

/** Starts a process whose stdout and stderr are appended to `logFile`. Throws when it cannot be started at all. */
export async function startChild(options: ChildCommand & { logFile: string }): Promise<ChildHandle> {
  const log = openSync(options.logFile, 'a');
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', log, log],
      // A process group of its own: Ctrl-C in the terminal must reach the parent alone, which then stops its children in order.
      detached: true,
    });
    return await superviseChild(child, options.command);
  } finally {
    closeSync(log);
  }
}

/** Makes a process that was just spawned die with this one, and wraps it. Throws when it could not be started. */
export async function superviseChild(child: ChildProcess, name: string): Promise<ChildHandle> {
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`cannot start ${name}: ${cause.message}`, { cause })));
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  const release = startWatchdog(pid);
  exited.then(release);
  return new SupervisedChild(child, pid, exited);
}

/**
 * A shell that kills `pid` as soon as its own stdin ends without a word: the kernel closes that pipe when this process is gone, also
 * after kill -9, when no handler of ours can run. The returned function says the word, so that a pid reused later is never hit.
 */
function startWatchdog(pid: number): () => void {
  const watchdog = spawn('sh', ['-c', 'read -r _ || kill -KILL "$1"', 'watchdog', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  const { stdin } = watchdog;
  // It may have been ended from outside; the child then lives without it.
  stdin.on('error', () => undefined);
  // An idle watchdog must not keep this process alive.
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => stdin.end('gone\n');
}

class SupervisedChild implements ChildHandle {
  readonly #child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;

  constructor(child: ChildProcess, pid: number, exited: Promise<ExitStatus>) {
    this.#child = child;
    this.pid = pid;
    this.exited = exited;
  }

  isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(graceMs: number): Promise<ExitStatus> {
    if (!this.isRunning()) return this.exited;
    this.kill('SIGTERM');
    // A process that is stopped (SIGSTOP) cannot handle SIGTERM.
    this.kill('SIGCONT');
    const over = new AbortController();
    const killer = sleep(graceMs, undefined, { signal: over.signal }).then(
      () => this.kill('SIGKILL'),
      () => undefined,
    );
    const status = await this.exited;
    over.abort();
    await killer;
    return status;
  }
}
