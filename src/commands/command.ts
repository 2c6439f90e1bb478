import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';

/** What a command may touch. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly version: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborts when the process is to stop. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit code. */
  main(argv: readonly string[], context: CommandContext): Promise<number>;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of a command line; throws UsageError for what `options` does not have. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
