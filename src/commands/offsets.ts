import { filtersFingerprint } from '../asana/query.ts';
import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import { createDecoder } from '../avro/decoder.ts';
import { writerTypeFetcher } from '../avro/registry.ts';
import { createClients, registryConnection, scopeOf, topicOptions } from '../clients.ts';
import { isoTime } from '../clock.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { orStopped } from '../deadline.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { StreamName } from '../kafka/state-location.ts';
import { createLog } from '../log.ts';
import { applyMove, type Plan } from '../offsets/apply.ts';
import type { Move } from '../offsets/move.ts';
import { type Asked, planFor } from '../offsets/plan.ts';
import { refuseRunning } from '../offsets/refuse-running.ts';
import { moveJson, moveText, stateJson, stateText } from '../offsets/report.ts';
import { watchMs } from '../offsets/running.ts';
import { readStreamState, readWrittenState, type StreamState } from '../offsets/stream-state.ts';
import { didYouMean, readOptions, readTime, readWorkspaces } from './arguments.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import {
  closeAfter,
  createProgress,
  duration,
  jsonLine,
  type Progress,
  quietClientPorts,
  waitingForKafka,
} from './terminal.ts';

const HELP = `Usage: asana-audit-kafka offsets get [--workspace GID] [--json]
       asana-audit-kafka offsets set --to TIME [--yes] [--workspace GID] [--json]
       asana-audit-kafka offsets reset [--yes] [--workspace GID] [--json]

Where the streams are, and moving them. For all of ASANA_WORKSPACES, or for one.

  get     position, what is committed, the last session, gaps; disturbs nobody, also while a connector runs
  set     reading goes on with the events that were created at TIME. Later than where the stream is: the events in between are left
          out, with a gap record. Earlier: those that were published since TIME are published a second time
  reset   forgets the position, also one that cannot be read: everything that Asana still has (from START_AT on, where that is
          set) is published, a second time where it is in the topic already

  --to TIME        a time that has passed, at most 90 days ago, such as 2026-01-31T00:00:00Z
  --yes            do it; without, set and reset only say what they would do
  --workspace GID  one of ASANA_WORKSPACES
  --json           one JSON object a line and stream

set and reset wait for Kafka transactions that are open in the state topic: what was committed behind one cannot be read before it
ends. They refuse while a connector runs the stream: they ask at HTTP_HOST:HTTP_PORT, and watch the state topic for as long as
POLL_INTERVAL and 5 s. A connector that neither shows, because it cannot reach Asana just now, is fenced: it goes on from where the
stream was put.

Exit codes: 0 done, or nothing to do; 1 refused, or Kafka could not be read; 2 the configuration or the command line is wrong, or
--yes is missing.

Examples:
  asana-audit-kafka offsets get
  asana-audit-kafka offsets set --to 2026-01-31T00:00:00Z          # what would happen?
  asana-audit-kafka offsets set --to 2026-01-31T00:00:00Z --yes
  asana-audit-kafka offsets reset --workspace 1201234567890123 --yes
`;

export const offsets: Command = {
  summary: 'show where the streams are; move one, or start it anew',
  help: HELP,
  main,
};

const EXIT_NOT_CONFIRMED = 2;
const ACTIONS = ['get', 'set', 'reset'] as const;

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const [given = '', ...rest] = argv;
  const action = ACTIONS.find((each) => each === given);
  if (action === undefined)
    throw new UsageError(`expected get, set or reset, got '${given}'${didYouMean(given, ACTIONS)}`);
  const common = { workspace: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
  if (action === 'get') {
    const { workspace, json } = readOptions(rest, common);
    return withKafka(context, workspace, (work) => orStopped(context.signal, get(work, json)));
  }
  const moving = { ...common, yes: { type: 'boolean', default: false } } as const;
  if (action === 'reset') {
    const { workspace, json, yes } = readOptions(rest, moving);
    return withKafka(context, workspace, (work) => move(work, 'reset', { json, yes }));
  }
  const { to, workspace, json, yes } = readOptions(rest, { ...moving, to: { type: 'string' } });
  const toMs = readTarget(to, context.clock.now());
  return withKafka(context, workspace, (work) => move(work, { toMs }, { json, yes }));
}

function readTarget(text: string | undefined, nowMs: number): number {
  const toMs = readTime('--to', text);
  if (toMs === undefined) throw new UsageError('--to is missing: expected the time at which reading goes on');
  if (toMs > nowMs) throw new UsageError(`--to: expected a time that has passed, got '${text}'`);
  if (toMs >= nowMs - ASANA_RETENTION_MS) return toMs;
  const oldest = isoTime(nowMs - ASANA_RETENTION_MS);
  throw new UsageError(
    `--to: expected a time that Asana still has, 90 days back at most (${oldest}), got '${text}'; reset starts with the oldest event`,
  );
}

interface Work {
  readonly context: CommandContext;
  readonly config: Config;
  readonly kafka: KafkaClient;
  readonly streams: readonly StreamName[];
  readonly progress: Progress;
}

async function withKafka(
  context: CommandContext,
  workspace: string | undefined,
  work: (work: Work) => Promise<number>,
): Promise<number> {
  const config = loadConfig(context.environment);
  const gids = readWorkspaces(config.ASANA_WORKSPACES, workspace);
  const { kafka, close } = createClients(config, quietClientPorts(context, createLog(config.LOG_LEVEL)));
  const streams = gids.map((workspaceGid) => ({
    connectorName: config.CONNECTOR_NAME,
    workspaceGid,
    topics: topicOptions(config),
  }));
  const progress = createProgress(context.stderr, context.clock);
  progress.say(waitingForKafka(config));
  try {
    return await work({ context, config, kafka, streams, progress });
  } finally {
    progress.end();
    await closeAfter(close, context.signal);
  }
}

async function get(work: Work, json: boolean): Promise<number> {
  const { stdout, clock, signal } = work.context;
  let isReadable = true;
  for (const stream of work.streams) {
    const state = await readStreamState(work.kafka, stream, signal);
    work.progress.end();
    isReadable &&= state.unreadable === undefined;
    stdout.write(
      json ? jsonLine(stateJson(stream, state, clock.now())) : stateText(stream, state, clock.now()),
    );
  }
  return isReadable ? 0 : 1;
}

interface Confirmed {
  readonly json: boolean;
  readonly yes: boolean;
}

/** All streams are looked at before any of them is moved. */
async function move(work: Work, asked: Asked, { json, yes }: Confirmed): Promise<number> {
  const { context, config, kafka, progress } = work;
  const { signal, stdout, clock, newId: newSessionId } = context;
  const decode = createDecoder(writerTypeFetcher(registryConnection(config, clock), signal));
  const planPorts = { kafka, decode, clock, onProgress: progress.show, onWait: progress.say };
  const looked: Looked[] = [];
  for (const stream of work.streams) {
    const moved = {
      workspaceGid: stream.workspaceGid,
      eventsTopic: config.EVENTS_TOPIC,
      filters: filtersFingerprint(scopeOf(config).filters),
      startAtMs: config.START_AT,
    };
    const plan = planFor(asked, moved, planPorts, signal);
    const before = await readWrittenState(kafka, stream, planPorts, signal);
    looked.push({ stream, before, plan, move: await plan(before) });
  }
  await refuse(work, yes);
  const ports = { kafka, clock, newSessionId, transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT };
  for (const { stream, before, plan, move } of looked) {
    const applied = yes && move !== undefined;
    const done = applied ? await applyMove(stream, before, plan, ports, signal) : move;
    progress.end();
    const moved = { stream, before, move: done, applied, nowMs: clock.now() };
    stdout.write(json ? jsonLine(moveJson(moved)) : moveText(moved));
  }
  if (yes || looked.every(({ move }) => move === undefined)) return 0;
  if (!json) stdout.write('Nothing was changed. Repeat it with --yes to do it.\n');
  return EXIT_NOT_CONFIRMED;
}

interface Looked {
  readonly stream: StreamName;
  readonly before: StreamState;
  readonly plan: Plan;
  /** As of the look. */
  readonly move: Move | undefined;
}

async function refuse({ context, config, kafka, streams, progress }: Work, yes: boolean): Promise<void> {
  const { clock, signal } = context;
  const http = { host: config.HTTP_HOST, port: config.HTTP_PORT };
  const forMs = yes ? watchMs(config.POLL_INTERVAL) : undefined;
  if (forMs !== undefined) progress.say(`looking for ${duration(forMs)} whether a connector runs`);
  await refuseRunning(streams, { kafka, clock, http, watchMs: forMs }, signal).finally(progress.end);
}
