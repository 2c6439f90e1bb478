import { createDecoder } from '../avro/decoder.ts';
import { writerTypeFetcher } from '../avro/registry.ts';
import { requireTokens } from '../check/token.ts';
import { type Clients, createClients, registryConnection, scopeOf } from '../clients.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { createLog } from '../log.ts';
import { SETTLE_MS } from '../stream/chain.ts';
import { isClean } from '../verify/compare.ts';
import { isBalanced, readLedger } from '../verify/ledger.ts';
import { ledgerReport, verificationReport } from '../verify/report.ts';
import { verifyWorkspace } from '../verify/verify.ts';
import { readOptions, readTime } from './arguments.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { createProgress, quietClientPorts } from './terminal.ts';

const HELP = `Usage: asana-audit-kafka verify [--from TIME] [--to TIME]
       asana-audit-kafka verify --ledger

Reads a window from Asana again and holds the events topic against it (read_committed): reports events that are missing,
there twice, altered, or in the topic alone. Uses the request budget of the token.

  --from TIME  start of the window, inclusive; default: START_AT, or the oldest event that Asana still has
  --to TIME    end of the window, exclusive; default: END_AT, or a minute ago
  --ledger     asks Asana nothing: counts the topic again, as far as the state knows it, and compares count and digest with
               what the state claims (while the topic still holds its oldest records)

Exit codes: 0 nothing is wrong; 1 something is, or could not be read; 2 the configuration or the command line is wrong.

Example:
  asana-audit-kafka verify --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z
`;

export const verify: Command = {
  summary: 'prove that the topic holds exactly what Asana has',
  help: HELP,
  main,
};

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    ledger: { type: 'boolean' },
  });
  if (options.ledger && (options.from ?? options.to))
    throw new UsageError('--ledger: takes no --from and no --to');
  const config = loadConfig(context.environment);
  const fromMs = readTime('--from', options.from) ?? config.START_AT;
  const toMs = readTime('--to', options.to) ?? config.END_AT ?? context.clock.now() - SETTLE_MS;
  if (!options.ledger) await requireTokens(config.tokens);
  if (fromMs !== undefined && fromMs >= toMs) throw new UsageError('--to: expected a time after --from');
  const clients = createClients(config, quietClientPorts(context, createLog(config.LOG_LEVEL)));
  try {
    if (options.ledger) return await checkLedgers(config, clients, context);
    return await verifyAll(config, { fromMs, toMs }, clients, context);
  } finally {
    await clients.close();
  }
}

async function verifyAll(
  config: Config,
  window: { fromMs: number | undefined; toMs: number },
  { asana, kafka }: Clients,
  { clock, signal, stdout, stderr }: CommandContext,
): Promise<number> {
  const decode = createDecoder(writerTypeFetcher(registryConnection(config, clock), signal));
  let clean = true;
  for (const [workspaceGid, client] of asana) {
    const progress = createProgress(stderr, clock);
    const request = {
      workspaceGid,
      eventsTopic: config.EVENTS_TOPIC,
      filters: scopeOf(config).filters,
      nowMs: clock.now(),
      ...window,
    };
    const result = await verifyWorkspace(
      request,
      { asana: client, kafka, decode, onProgress: progress.show },
      signal,
    );
    progress.end();
    stdout.write(verificationReport(workspaceGid, result));
    clean &&= isClean(result);
  }
  return clean ? 0 : 1;
}

async function checkLedgers(
  config: Config,
  { asana, kafka }: Clients,
  { clock, signal, stdout }: CommandContext,
): Promise<number> {
  const decode = createDecoder(writerTypeFetcher(registryConnection(config, clock), signal));
  let balanced = true;
  for (const workspaceGid of asana.keys()) {
    const request = { connectorName: config.CONNECTOR_NAME, workspaceGid, stateTopic: config.STATE_TOPIC };
    const ledger = await readLedger(kafka, request, decode, signal);
    stdout.write(ledgerReport(workspaceGid, ledger));
    balanced &&= isBalanced(ledger);
  }
  return balanced ? 0 : 1;
}
