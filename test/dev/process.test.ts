import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../dev/command.ts';
import { startChild } from '../../dev/process.ts';
import { waitUntil } from '../../dev/wait.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'process-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const shell = (script: string) => ({ command: 'sh', args: ['-c', script], logFile: join(folder, 'log') });

test('what a child prints is in its log file', async () => {
  const child = await startChild(shell('echo out; echo err >&2; exit 3'));

  expect(await child.exited).toEqual({ code: 3, signal: null });
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('out\nerr\n');
  expect(child.isRunning()).toBe(false);
});

test('a program that does not exist is an error that names it', async () => {
  await expect(
    startChild({ command: 'no-such-program', args: [], logFile: join(folder, 'log') }),
  ).rejects.toThrow(/cannot start no-such-program/);
});

test('stop kills a child that ignores SIGTERM, after the grace time', async () => {
  const ready = join(folder, 'ready');
  const child = await startChild(shell(`trap "" TERM; : >'${ready}'; while :; do sleep 0.05; done`));
  await waitUntil(async () => existsSync(ready) || undefined, {
    what: 'the trap',
    timeoutMs: 10_000,
    intervalMs: 10,
  });

  expect(await child.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a child does not outlive a parent that is killed with -9', async () => {
  const fifo = join(folder, 'fifo');
  await runCommand({ command: 'mkfifo', args: [fifo], timeoutMs: 10_000 });
  const command = { command: 'sh', args: ['-c', 'echo alive; exec sleep 60'], logFile: fifo };
  const script = `
    import { startChild } from ${JSON.stringify(join(import.meta.dirname, '../../dev/process.ts'))};
    await startChild(${JSON.stringify(command)});
    console.log('supervised');
  `;
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: [...stdio] });
  const output = createReadStream(fifo, 'utf8');
  let said = '';
  output.on('data', (chunk) => {
    said += chunk;
  });
  await Promise.all([once(parent.stdout, 'data'), once(output, 'data')]);
  parent.kill('SIGKILL');

  // Ends when the last process that could write is gone, and the child is the only one.
  await once(output, 'end');
  expect(said).toBe('alive\n');
});

test('a command gets its input, and gives its output and exit code', async () => {
  const result = await runCommand({
    command: 'sh',
    args: ['-c', 'cat; echo problem >&2; exit 4'],
    stdin: 'input',
    timeoutMs: 10_000,
  });

  expect(result).toEqual({ exitCode: 4, stdout: 'input', stderr: 'problem\n' });
});

test('a command that runs too long is killed, and its error says what it printed', async () => {
  const run = runCommand({
    command: 'sh',
    args: ['-c', 'echo waiting >&2; exec sleep 60'],
    timeoutMs: 300,
  });

  await expect(run).rejects.toThrow(/still running after 300 ms\nwaiting/);
});
