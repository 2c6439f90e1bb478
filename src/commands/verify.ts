import { filtersFingerprint } from '../asana/query.ts';
import { createDecoder } from '../avro/decoder.ts';
import { writerTypeFetcher } from '../avro/registry.ts';
import { requireSecrets } from '../check/secrets.ts';
import { type Clients, createClients, registryConnection, scopeOf, topicOptions } from '../clients.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { orStopped } from '../deadline.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import { keepsEvents } from '../kafka/topics.ts';
import { createLog } from '../log.ts';
import { readWrittenState } from '../offsets/stream-state.ts';
import { hiddenFields } from '../privacy/privacy.ts';
import { isAvoided } from '../stream/gap.ts';
import { type Excuses, isClean } from '../verify/compare.ts';
import { ImpatientSource } from '../verify/impatient-source.ts';
import { isBalanced, readLedger } from '../verify/ledger.ts';
import { ledgerJson, ledgerReport, verificationJson, verificationReport } from '../verify/report.ts';
import type { SourceEvent } from '../verify/source-event.ts';
import { unsweptOf } from '../verify/unswept.ts';
import { verifyWorkspace, windowEnd } from '../verify/verify.ts';
import { readOptions, readTime } from './arguments.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import {
  closeAfter,
  createProgress,
  jsonLine,
  type Progress,
  quietClientPorts,
  waitingForKafka,
} from './terminal.ts';

const HELP = `Usage: asana-audit-kafka verify [--from TIME] [--to TIME] [--json]
       asana-audit-kafka verify --ledger [--json]

Reads a window from Asana again and holds the events topic against it (read_committed): reports events that are missing, there
twice, altered, or in the topic alone, and records that are older than one before them in their partition (but for those with
the header late). Waits for Kafka transactions that are open when it looks. Has a request budget of its own
(ASANA_REQUESTS_PER_MINUTE): beside a connector that catches up, set a lower one, as Asana counts both by the token. An event
that Asana may have shown late, and that the next sweep looks for, is not there yet: it is counted by itself, and the proof
reaches up to where sweeps have looked. What an operator left out or had published again (offsets set, offsets reset) is known
from the state, counted by itself, and not wrong. Nor is a time that Asana refuses, with a gap record: it is named, not asked
for, and not compared. Any other question that Asana refuses ends it, after ten minutes. FIELDS_DROP and FIELDS_HASH are
applied to what Asana shows before it is compared: what was published under others, or under another key, counts as altered (in
the dead letters, as missing).

  --from TIME  start of the window, inclusive; default: START_AT, or the oldest event that Asana still has
  --to TIME    end of the window, exclusive; default: a minute ago, or POLL_INTERVAL and 30 s ago where that is longer, or
               END_AT where that is earlier
  --ledger     asks Asana nothing: counts the topic again, as far as the state knows it, and compares count and digest with
               what the state claims (while the topic still holds its oldest records)
  --json       one JSON object a line and workspace

Exit codes: 0 nothing is wrong, and what is not there yet is said; 1 something is, or could not be read; 2 the configuration
or the command line is wrong.

Examples:
  asana-audit-kafka verify
  asana-audit-kafka verify --ledger
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
    ledger: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (options.ledger && (options.from ?? options.to))
    throw new UsageError('--ledger: takes no --from and no --to');
  const config = loadConfig(context.environment);
  const fromMs = readTime('--from', options.from) ?? config.START_AT;
  const toMs =
    readTime('--to', options.to) ?? windowEnd(config.END_AT, config.POLL_INTERVAL, context.clock.now());
  if (!options.ledger) await requireSecrets(config);
  if (fromMs !== undefined && fromMs >= toMs) throw new UsageError('--to: expected a time after --from');
  const clients = createClients(config, quietClientPorts(context, createLog(config.LOG_LEVEL)));
  const progress = createProgress(context.stderr, context.clock);
  progress.say(waitingForKafka(config));
  const { json } = options;
  const verified = options.ledger
    ? checkLedgers(config, json, clients, progress, context)
    : verifyAll(config, { fromMs, toMs, json }, clients, progress, context);
  try {
    return await orStopped(context.signal, verified);
  } finally {
    progress.end();
    await closeAfter(clients.close, context.signal);
  }
}

async function verifyAll(
  config: Config,
  { json, ...window }: { fromMs: number | undefined; toMs: number; json: boolean },
  { asana, kafka }: Clients<SourceEvent>,
  progress: Progress,
  { clock, random, signal, stdout }: CommandContext,
): Promise<number> {
  const decode = createDecoder(writerTypeFetcher(registryConnection(config, clock), signal));
  const hidden = hiddenFields(config);
  const waiting = { clock, onWait: progress.say };
  let clean = true;
  for (const [workspaceGid, client] of asana) {
    const request = {
      workspaceGid,
      eventsTopic: config.EVENTS_TOPIC,
      filters: scopeOf(config).filters,
      nowMs: clock.now(),
      ...window,
    };
    const ports = {
      asana: new ImpatientSource(client, { clock, random }),
      kafka,
      decode,
      readExcuses: () => excusesOf(config, workspaceGid, kafka, waiting, signal),
      onProgress: progress.show,
      ...waiting,
    };
    const result = await verifyWorkspace(request, ports, signal);
    progress.end();
    stdout.write(
      json
        ? jsonLine(verificationJson(workspaceGid, result, hidden))
        : verificationReport(workspaceGid, result, hidden),
    );
    clean &&= isClean(result);
  }
  return clean ? 0 : 1;
}

/** What the state says of a stream that has one. */
async function excusesOf(
  config: Config,
  workspaceGid: string,
  kafka: KafkaClient,
  waiting: WaitPorts,
  signal: AbortSignal,
): Promise<Excuses> {
  const stream = { connectorName: config.CONNECTOR_NAME, workspaceGid, topics: topicOptions(config) };
  const { position, gaps, republished } = await readWrittenState(kafka, stream, waiting, signal);
  const events = await kafka.describeTopic(config.EVENTS_TOPIC);
  const scope = { eventsTopic: config.EVENTS_TOPIC, filters: filtersFingerprint(scopeOf(config).filters) };
  // As the connector: there are none where the topic forgets what a sweep would look for.
  const intervalMs = events && keepsEvents(events) ? config.SWEEP_INTERVAL : 0;
  // What Asana has deleted cannot be read again either.
  const avoided = gaps.filter(isAvoided);
  const unswept = unsweptOf(position, scope, { lookbackMs: config.SWEEP_LOOKBACK, intervalMs });
  return { republished, gaps: avoided, unswept };
}

async function checkLedgers(
  config: Config,
  json: boolean,
  { asana, kafka }: Clients<SourceEvent>,
  progress: Progress,
  { clock, signal, stdout }: CommandContext,
): Promise<number> {
  const decode = createDecoder(writerTypeFetcher(registryConnection(config, clock), signal));
  let balanced = true;
  for (const workspaceGid of asana.keys()) {
    const request = {
      connectorName: config.CONNECTOR_NAME,
      workspaceGid,
      stateTopic: config.STATE_TOPIC,
      clock,
      onWait: progress.say,
      onProgress: (records: number, part: number) => progress.show('records counted', records, part),
    };
    const ledger = await readLedger(kafka, request, decode, signal);
    progress.end();
    stdout.write(json ? jsonLine(ledgerJson(workspaceGid, ledger)) : ledgerReport(workspaceGid, ledger));
    balanced &&= isBalanced(ledger);
  }
  return balanced ? 0 : 1;
}
