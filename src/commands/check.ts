import type { PageEvent } from '../asana/page.ts';
import { asanaChecks, askOnce } from '../check/asana.ts';
import { type Check, type CheckResult, runChecks } from '../check/check.ts';
import { clockCheck } from '../check/clock.ts';
import { kafkaChecks } from '../check/kafka.ts';
import { dnsChecks, tlsCheck } from '../check/network.ts';
import { portCheck } from '../check/port.ts';
import { privacyCheck } from '../check/privacy.ts';
import { registryCheck } from '../check/registry.ts';
import { requireTlsFiles, securityChecks } from '../check/security.ts';
import { tokenCheck } from '../check/token.ts';
import { type Clients, createClients, schemaRequest, scopeOf, topicOptions } from '../clients.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { requireStartAt } from '../config/start-at.ts';
import { type ConnectorError, toConnectorError } from '../errors.ts';
import type { KafkaProbe } from '../kafka/kafkajs-probe.ts';
import { transactionalId } from '../kafka/state-keys.ts';
import { createLog } from '../log.ts';
import { requireHashKey } from '../privacy/privacy.ts';
import { readOptions } from './arguments.ts';
import type { Command, CommandContext } from './command.ts';
import { createProgress, jsonLine, quietClientPorts } from './terminal.ts';

const HELP = `Usage: asana-audit-kafka check [--json]

Says for each precondition, a line each, what is right, or what is wrong and what to do: configuration, hidden fields, DNS, TLS, token, workspace
and audit log, clock, schema registry, brokers, transactional ids, topics and the access to them, the port of HTTP_PORT.
Changes nothing, and disturbs no connector that runs. Whatever Kafka may refuse is asked of Kafka, in ways that leave no trace.

  ok       as it should be
  warn     works, and may not one day: read what to do
  WRONG    the connector would not work, or would break its promise
  skipped  cannot be seen from here, or not before something else is mended

  --json   one JSON object a line and precondition

Exit codes: 0 nothing is wrong (there may be warnings); 1 something is; 2 the configuration or the command line is wrong.

Examples:
  asana-audit-kafka check
  asana-audit-kafka check --json | grep -v '"status":"ok"'
`;

export const check: Command = { summary: 'look at every precondition, and change nothing', help: HELP, main };

type Show = (result: CheckResult) => void;

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const { json } = readOptions(argv, { json: { type: 'boolean', default: false } });
  const progress = createProgress(context.stderr, context.clock);
  const show: Show = (result) => {
    progress.end();
    context.stdout.write(json ? jsonLine(toJson(result)) : line(result));
  };
  const config = readConfig(context, show);
  if (config === undefined) return 2;
  const failures = new Map<string, ConnectorError>();
  const clients = createClients(config, {
    ...quietClientPorts(context, createLog('error')),
    watchRequests: (gid) => ({
      requestEnded: () => {},
      requestFailed: (error) => failures.set(gid, error),
      requestRecovered: () => {},
    }),
  });
  const probe = clients.kafka.openProbe();
  try {
    const checks = allChecks(config, clients, probe, context, failures);
    const onLook = (subject: string) => progress.say(`looking at: ${subject}`);
    const results = await runChecks(checks, { onLook, onResult: show }, context.signal);
    const wrong = results.flatMap(({ error }) => error ?? []);
    if (wrong.length === 0) return 0;
    return wrong.some(({ code }) => code === 'CONFIG_INVALID') ? 2 : 1;
  } finally {
    progress.end();
    await Promise.allSettled([probe.close(), clients.close()]);
  }
}

function readConfig({ environment, clock }: CommandContext, show: Show): Config | undefined {
  const subject = 'Configuration';
  try {
    const config = loadConfig(environment);
    requireStartAt(config, clock.now());
    requireHashKey(config);
    requireTlsFiles(config);
    if (config.warnings.length === 0) show({ subject, status: 'ok', detail: 'complete' });
    for (const detail of config.warnings) show({ subject, status: 'warn', detail });
    return config;
  } catch (thrown) {
    const error = toConnectorError(thrown);
    show({ subject, status: 'wrong', detail: error.message, error });
    return undefined;
  }
}

function allChecks(
  config: Config,
  clients: Clients<PageEvent>,
  probe: KafkaProbe,
  { clock }: CommandContext,
  failures: ReadonlyMap<string, ConnectorError>,
): Check[] {
  const topics = topicOptions(config);
  const dns = dnsChecks(config);
  const tls = tlsCheck(config.ASANA_BASE_URL, clock.now, dns.asana);
  const ofWorkspaces = [...clients.asana].flatMap(([gid, client], index) => {
    const source = config.tokens.get(gid);
    if (source === undefined) return [];
    const ask = askOnce(client, scopeOf(config), clock, () => failures.get(gid));
    const token = tokenCheck(gid, source);
    const answers = asanaChecks(gid, [token, ...dns.asana, tls], ask);
    const last = answers.at(-1) ?? token;
    // One clock is enough.
    return [token, ...answers, ...(index === 0 ? [clockCheck(last, ask, clients.kafka, topics)] : [])];
  });
  return [
    privacyCheck(config),
    ...dns.all,
    tls,
    ...ofWorkspaces,
    ...securityChecks(config, clock.now),
    registryCheck(schemaRequest(config, clock), dns.registry),
    ...kafkaChecks({
      kafka: clients.kafka,
      probe,
      topics,
      transactionalIds: config.ASANA_WORKSPACES.map((gid) => transactionalId(config.CONNECTOR_NAME, gid)),
      transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT,
      group:
        config.MODE === 'distributed'
          ? { id: config.CONNECTOR_NAME, sessionTimeoutMs: config.GROUP_SESSION_TIMEOUT }
          : undefined,
      names: dns.brokers,
    }),
    portCheck({ host: config.HTTP_HOST, port: config.HTTP_PORT }),
  ];
}

const LABELS = { ok: 'ok     ', warn: 'warn   ', wrong: 'WRONG  ', skipped: 'skipped' } as const;

function line({ subject, status, detail, error }: CheckResult): string {
  // Whoever writes several lines indents them, but for OpenSSL.
  const said = `${LABELS[status]} ${subject}: ${detail.replace(/\n(?! )/g, ' ')}`;
  return error ? `${said} (${error.code})\n        next step: ${error.commandNextStep}\n` : `${said}\n`;
}

const toJson = ({ subject, status, detail, error }: CheckResult) => ({
  subject,
  status,
  detail,
  code: error?.code ?? null,
  next_step: error?.commandNextStep ?? null,
});
