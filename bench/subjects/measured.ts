/** Runs a process to its end, and says what it took. */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lastLines } from '../../dev/java.ts';
import { type ChildHandle, startChild } from '../../dev/process.ts';

export interface MeasuredCommand {
  /** Also names its log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface Usage {
  /** Epoch milliseconds, with fractions. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** User and system, all threads. */
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** All that it printed. */
  readonly output: string;
}

export interface MeasuredProcess {
  readonly child: ChildHandle;
  /** Throws with the end of its log when it fails or takes too long. */
  readonly ended: Promise<Usage>;
}

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'usage.ts')).href;
export const epochMs = (): number => performance.timeOrigin + performance.now();

export async function startMeasured(command: MeasuredCommand, folder: string): Promise<MeasuredProcess> {
  const usageFile = join(folder, `${command.name}.usage.json`);
  const logFile = join(folder, `${command.name}.log`);
  await rm(usageFile, { force: true });
  await rm(logFile, { force: true });
  const { PATH = '', HOME = '' } = process.env;
  const { NODE_OPTIONS: ownOptions = '', ...env } = command.env;
  const startedMs = epochMs();
  const child = await startChild({
    command: command.command,
    args: command.args,
    env: {
      PATH,
      HOME,
      BENCH_USAGE_FILE: usageFile,
      NODE_OPTIONS: `--import=${PRELOAD} ${ownOptions}`,
      ...env,
    },
    logFile,
  });
  const ended = finish(child, command, { startedMs, usageFile, logFile });
  // Its failure is met by whoever awaits it.
  ended.catch(() => undefined);
  return { child, ended };
}

export const runMeasured = async (command: MeasuredCommand, folder: string): Promise<Usage> =>
  (await startMeasured(command, folder)).ended;

async function finish(
  child: ChildHandle,
  { name, timeoutMs }: MeasuredCommand,
  { startedMs, usageFile, logFile }: { startedMs: number; usageFile: string; logFile: string },
): Promise<Usage> {
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const { code, signal } = await child.exited;
  clearTimeout(timer);
  const endedMs = epochMs();
  const output = await readFile(logFile, 'utf8');
  if (code !== 0)
    throw new Error(`${name} ended with ${signal ?? `exit code ${code}`}:\n${lastLines(output, 15)}`);
  const { cpuMs, peakKilobytes } = JSON.parse(await readFile(usageFile, 'utf8'));
  return { startedMs, endedMs, cpuMs, peakBytes: peakKilobytes * 1_024, output };
}
