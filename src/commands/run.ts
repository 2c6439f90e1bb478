import { requireSecrets } from '../check/secrets.ts';
import { loadConfig } from '../config/load.ts';
import { requireStartAt } from '../config/start-at.ts';
import { type Connector, createConnector } from '../connector.ts';
import { ConnectorError, describe, messageOf, toConnectorError } from '../errors.ts';
import { createLog, type Log } from '../log.ts';
import { requireHashKey } from '../privacy/privacy.ts';
import { forever, type Until, untilCaughtUp } from '../stream/follow.ts';
import type { Outcome } from '../stream/stream.ts';
import { readOptions } from './arguments.ts';
import { type Command, type CommandContext, exitCodeOf } from './command.ts';

const HELP = `Usage: asana-audit-kafka run [--until-caught-up]

Follows the audit log of every workspace into Kafka until it is stopped (SIGTERM, SIGINT: exit code 0).

  --until-caught-up  exit 0 once everything that Asana could show when the command started is committed

The log goes to stderr: to a terminal as text, otherwise as JSON lines, of which the last one, 'stopped', says why it ended and what to
do. Once all of its streams are halted it ends: started again, it takes up what was mended, such as a new token. With MODE=distributed
it is one replica of several, runs the streams that the group gives to it, and stays.

Exit codes: 0 stopped, caught up, or END_AT reached; 1 a stream failed for good; 2 the configuration or the command line is wrong.

Example:
  ASANA_TOKEN_FILE=/run/secrets/asana ASANA_WORKSPACES=1201234567890123 \\
  KAFKA_BROKERS=kafka:9092 SCHEMA_REGISTRY_URL=http://registry:8081 asana-audit-kafka run
`;

export const run: Command = { summary: 'follow the audit log into Kafka', help: HELP, main };

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(argv, { 'until-caught-up': { type: 'boolean', default: false } });
  const newUntil = options['until-caught-up'] ? untilCaughtUp : undefined;
  // For a person, it is written as that of any other command.
  if (context.stderr.isTTY) return follow(newUntil, context);
  return follow(newUntil, context).catch((thrown) => {
    const error = toConnectorError(thrown);
    const exitCode = exitCodeOf(error);
    createLog('info').say('stopped', { exit_code: exitCode, ...describe(error) }, 'error');
    return exitCode;
  });
}

/** Throws what keeps it from starting. */
async function follow(newUntil: (() => Until) | undefined, context: CommandContext): Promise<number> {
  const config = loadConfig(context.environment);
  if (newUntil && config.MODE === 'distributed')
    throw new ConnectorError(
      'CONFIG_INVALID',
      '--until-caught-up: only with MODE=standalone; no replica knows when the streams of the others have caught up',
    );
  requireStartAt(config, context.clock.now());
  await requireSecrets(config);
  requireHashKey(config);
  const log = createLog(config.LOG_LEVEL);
  for (const warning of config.warnings) log.say('configuration-warning', { warning });
  const connector = await createConnector(config, { ...context, log });
  log.say('started', {
    url: connector.url,
    workspaces: config.ASANA_WORKSPACES,
    version: context.version,
  });
  return conclude(await runToEnd(connector, newUntil ?? (() => forever), context.signal, log), log, context);
}

async function runToEnd(
  connector: Connector,
  newUntil: () => Until,
  signal: AbortSignal,
  log: Log,
): Promise<ReadonlyMap<string, Outcome>> {
  const sayStopping = () => log.say('stopping', { reason: messageOf(signal.reason) });
  signal.addEventListener('abort', sayStopping);
  try {
    return await connector.run(newUntil, signal);
  } finally {
    signal.removeEventListener('abort', sayStopping);
    await connector.close();
  }
}

/** Why it ended, a sentence for each stream that failed: to a person as lines, to a program within the last line of the log. */
function conclude(outcomes: ReadonlyMap<string, Outcome>, log: Log, { stderr }: CommandContext): number {
  const failures = [...outcomes].flatMap(([stream, outcome]) =>
    outcome.ended === 'failed' ? [sentence(stream, outcome.error)] : [],
  );
  const exitCode = failures.length > 0 ? 1 : 0;
  const fields = { exit_code: exitCode, ...(exitCode > 0 && !stderr.isTTY && { failures }) };
  log.say('stopped', fields, exitCode > 0 ? 'error' : 'info');
  if (stderr.isTTY) for (const failure of failures) stderr.write(`asana-audit-kafka: ${failure}\n`);
  return exitCode;
}

const sentence = (stream: string, { message, code, nextStep }: ConnectorError): string =>
  `stream ${stream}: ${message} (${code}); next step: ${nextStep}`;
