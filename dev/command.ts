/** Runs a program to its end and collects what it prints. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { type ChildCommand, superviseChild } from './process.ts';

export type CommandResult = { exitCode: number; stdout: string; stderr: string };

export type CommandOptions = ChildCommand & {
  /** Text for the program's stdin; without it, stdin is empty. */
  stdin?: string | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};

/** Resolves whatever the exit code is (128 when a signal ended it). Throws when it cannot start, runs too long, or the signal aborts. */
export async function runCommand(options: CommandOptions): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // A program that ends before it has read its input is not our failure: its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const handle = await superviseChild(child, options.command);

  const deadline = AbortSignal.timeout(options.timeoutMs);
  const end = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const kill = () => handle.kill('SIGKILL');
  end.addEventListener('abort', kill, { once: true });
  const [{ code }, [stdout, stderr]] = await Promise.all([handle.exited, output]);
  end.removeEventListener('abort', kill);

  options.signal?.throwIfAborted();
  if (deadline.aborted && code === null) {
    throw new Error(
      `${options.command} ${options.args.join(' ')} was still running after ${options.timeoutMs} ms\n${stderr}`,
    );
  }
  return { exitCode: code ?? 128, stdout, stderr };
}
