import { asanaCheck } from '../check/asana.ts';
import { type CheckResult, runChecks } from '../check/check.ts';
import { kafkaChecks } from '../check/kafka.ts';
import { registryCheck } from '../check/registry.ts';
import { createClients, schemaRequest, scopeOf, topicOptions } from '../clients.ts';
import { loadConfig } from '../config/load.ts';
import type { ConnectorError } from '../errors.ts';
import { createLog } from '../log.ts';
import { readOptions } from './arguments.ts';
import type { Command, CommandContext } from './command.ts';
import { quietClientPorts } from './terminal.ts';

const HELP = `Usage: asana-audit-kafka check

Says for each precondition, from the configuration to the topics, what is right, or what is wrong and what to do. Changes nothing.

Exit codes: 0 all is right; 1 something is wrong; 2 the configuration or the command line is wrong.
`;

export const check: Command = { summary: 'look at every precondition, and change nothing', help: HELP, main };

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  readOptions(argv, {});
  const { clock, environment, signal, stdout } = context;
  const config = loadConfig(environment);
  const failures = new Map<string, ConnectorError>();
  const clients = createClients(config, {
    ...quietClientPorts(context, createLog('error')),
    watchRequests: (gid) => ({
      requestEnded: () => {},
      requestFailed: (error) => failures.set(gid, error),
      requestRecovered: () => {},
    }),
  });
  const show = (result: CheckResult) => stdout.write(line(result));
  try {
    show({ subject: 'Configuration', ok: true, detail: config.warnings.join('; ') || 'complete' });
    const asana = [...clients.asana].map(([gid, client]) =>
      asanaCheck(gid, client, scopeOf(config), clock, () => failures.get(gid)),
    );
    const checks = [
      ...asana,
      ...kafkaChecks(clients.kafka, topicOptions(config)),
      registryCheck(schemaRequest(config, clock)),
    ];
    return (await runChecks(checks, show, signal)) ? 0 : 1;
  } finally {
    await clients.close();
  }
}

function line(result: CheckResult): string {
  if (result.ok) return `ok    ${result.subject}: ${result.detail}\n`;
  const { code, message, nextStep } = result.error;
  return `WRONG ${result.subject}: ${message} (${code})\n      next step: ${nextStep}\n`;
}
