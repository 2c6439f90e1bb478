import { requireSecrets } from '../check/secrets.ts';
import { loadConfig } from '../config/load.ts';
import { createConnector } from '../connector.ts';
import { type ConnectorError, messageOf } from '../errors.ts';
import { createLog } from '../log.ts';
import { forever, untilCaughtUp } from '../stream/follow.ts';
import type { Outcome } from '../stream/stream.ts';
import { readOptions } from './arguments.ts';
import type { Command, CommandContext } from './command.ts';

const HELP = `Usage: asana-audit-kafka run [--until-caught-up]

Follows the audit log of every workspace into Kafka until it is stopped (SIGTERM, SIGINT: exit code 0).

  --until-caught-up  exit 0 once everything that Asana could show when the command started is committed

Exit codes: 0 stopped, caught up, or END_AT reached; 1 a stream failed for good; 2 the configuration or the command line is wrong.

Example:
  ASANA_TOKEN_FILE=/run/secrets/asana ASANA_WORKSPACES=1201234567890123 \\
  KAFKA_BROKERS=kafka:9092 SCHEMA_REGISTRY_URL=http://registry:8081 asana-audit-kafka run
`;

export const run: Command = { summary: 'follow the audit log into Kafka', help: HELP, main };

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(argv, { 'until-caught-up': { type: 'boolean', default: false } });
  const config = loadConfig(context.environment);
  await requireSecrets(config);
  const log = createLog(config.LOG_LEVEL);
  for (const warning of config.warnings) log.say('configuration-warning', { warning });
  const connector = await createConnector(config, { ...context, log });
  try {
    const { version, signal } = context;
    log.say('started', { url: connector.url, workspaces: config.ASANA_WORKSPACES, version });
    signal.addEventListener('abort', () => log.say('stopping', { reason: messageOf(signal.reason) }));
    const outcomes = await connector.run(options['until-caught-up'] ? untilCaughtUp : () => forever, signal);
    log.say('stopped');
    return conclude(outcomes, context);
  } finally {
    await connector.close();
  }
}

/** One clear line for each stream that failed. */
function conclude(outcomes: ReadonlyMap<string, Outcome>, { stderr }: CommandContext): number {
  const failed = [...outcomes].flatMap(([stream, outcome]): [string, ConnectorError][] =>
    outcome.ended === 'failed' ? [[stream, outcome.error]] : [],
  );
  for (const [stream, error] of failed) {
    stderr.write(
      `asana-audit-kafka: stream ${stream}: ${error.message} (${error.code}); next step: ${error.nextStep}\n`,
    );
  }
  return failed.length > 0 ? 1 : 0;
}
