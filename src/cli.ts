import { hostname } from 'node:os';
import { systemClock } from './clock.ts';
import { didYouMean } from './commands/arguments.ts';
import { check } from './commands/check.ts';
import { type Command, type CommandContext, exitCodeOf, UsageError } from './commands/command.ts';
import { offsets } from './commands/offsets.ts';
import { run } from './commands/run.ts';
import { simulate } from './commands/simulate.ts';
import { status } from './commands/status.ts';
import { tail } from './commands/tail.ts';
import { verify } from './commands/verify.ts';
import { messageOf, toConnectorError } from './errors.ts';
import { CONNECTOR_VERSION } from './version.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  run,
  check,
  status,
  offsets,
  tail,
  verify,
  simulate,
};
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return `asana-audit-kafka ${CONNECTOR_VERSION}: Asana's audit log in Kafka, every event exactly once

Usage: asana-audit-kafka <command> [options]

${lines.join('\n')}

Options:
  --help     this text, or that of a command
  --version  the version

Configuration is by environment variables, the same for all commands: docs/configuration.md

Example:
  asana-audit-kafka check && asana-audit-kafka run
`;
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help());
    return name === undefined ? EXIT_USAGE : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${CONNECTOR_VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(unknownCommand(name));
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.main(rest, context(signal));
}

function unknownCommand(name: string): string {
  const names = Object.keys(COMMANDS);
  return `'${name}' is not a command${didYouMean(name, names)}; there are ${names.join(', ')}`;
}

function context(signal: AbortSignal): CommandContext {
  return {
    environment: process.env,
    clock: systemClock,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    version: CONNECTOR_VERSION,
    hostName: hostname(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
  };
}

/** One clear line for what a command failed with; gives the exit code. */
function report(thrown: unknown, command = ''): number {
  if (thrown instanceof UsageError) {
    const help = Object.hasOwn(COMMANDS, command) ? `${command} --help` : '--help';
    process.stderr.write(`asana-audit-kafka: ${thrown.message}\nTry: asana-audit-kafka ${help}\n`);
    return EXIT_USAGE;
  }
  const error = toConnectorError(thrown);
  process.stderr.write(
    `asana-audit-kafka: ${error.message}\n  ${error.code}; next step: ${error.commandNextStep}\n`,
  );
  return exitCodeOf(error);
}

/** Runs the command line to its exit code. */
export async function runCli(argv: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    return await main(argv, signal);
  } catch (thrown) {
    if (!signal.aborted) return report(thrown, argv[0]);
    process.stderr.write(`asana-audit-kafka: ${messageOf(signal.reason)}\n`);
    return EXIT_INTERRUPTED;
  }
}
