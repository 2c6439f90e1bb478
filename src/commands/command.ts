import type { ConnectorPorts } from '../connector-ports.ts';
import type { ConnectorError } from '../errors.ts';

/** Where a command writes to: a stream of the process. */
export interface Output {
  /** False where the reader has to be waited for. */
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
}

/** What a command may touch. */
export interface CommandContext extends Omit<ConnectorPorts, 'log'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the process is to stop. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit code. */
  main(argv: readonly string[], context: CommandContext): Promise<number>;
}

/** Of a command that ends with `error`: 2 where it is the configuration. */
export const exitCodeOf = ({ code }: ConnectorError): number => (code === 'CONFIG_INVALID' ? 2 : 1);

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
