import { createDecoder, UndecodableRecord } from '../avro/decoder.ts';
import { writerTypeFetcher } from '../avro/registry.ts';
import { toEvent } from '../avro/to-event.ts';
import { canonicalJson } from '../canonical-json.ts';
import { createClients, registryConnection } from '../clients.ts';
import { loadConfig } from '../config/load.ts';
import { READERS } from '../config/parse.ts';
import { orStopped } from '../deadline.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import type { ReadRecord } from '../kafka/read-to-end.ts';
import { deadLettersTopic, partitionCount } from '../kafka/topics.ts';
import { createLog } from '../log.ts';
import { coloured, deadLetterJson, deadLetterLine, eventLine, type Paint, plain } from '../tail/lines.ts';
import { tailRecords } from '../tail/tail-records.ts';
import { readOptions } from './arguments.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { closeAfter, createProgress, quietClientPorts, waitingForKafka, writeSlowly } from './terminal.ts';

const HELP = `Usage: asana-audit-kafka tail [--from-beginning] [--until-end] [--json] [--workspace GID] [--type TYPE]
       asana-audit-kafka tail --dead-letters [--from-beginning] [--until-end] [--json] [--workspace GID]

Prints the events of the events topic, decoded, as a read_committed consumer sees them: those that come from now on, until Ctrl-C.

  --from-beginning  first those that are there, in time order
  --until-end       end behind the last one that is there now; needs --from-beginning
  --json            the event exactly as Asana sent it, one a line, with sorted keys and without spaces
  --workspace GID   only those of this workspace
  --type TYPE       only those of this event_type
  --dead-letters    the events that could not become records, with the reason; as --json within an object, as 'event'

Exit codes: 0 at the end, or stopped; 1 something could not be read; 2 the configuration or the command line is wrong; 130 stopped
before the end that --until-end asks for.

Examples:
  asana-audit-kafka tail
  asana-audit-kafka tail --type user_login_failed --from-beginning
  asana-audit-kafka tail --from-beginning --until-end --json > events.ndjson
`;

export const tail: Command = { summary: 'print the events of the topic, decoded', help: HELP, main };

/** The line of a record; undefined for one that is not asked for. */
type Print = (record: ReadRecord) => Promise<string | undefined>;

async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const options = readOptions(argv, {
    'from-beginning': { type: 'boolean', default: false },
    'until-end': { type: 'boolean', default: false },
    'dead-letters': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    workspace: { type: 'string' },
    type: { type: 'string' },
  });
  const { workspace, type, json } = options;
  if (options['until-end'] && !options['from-beginning'])
    throw new UsageError(
      '--until-end: expected --from-beginning with it, as there is nothing between now and now',
    );
  if (workspace !== undefined && READERS.gid.read(workspace) === undefined)
    throw new UsageError(`--workspace: expected ${READERS.gid.expected}, got '${workspace}'`);
  if (type === '') throw new UsageError("--type: expected an event_type such as user_login_failed, got ''");
  if (options['dead-letters'] && type !== undefined) throw new UsageError('--dead-letters: takes no --type');
  const config = loadConfig(context.environment);
  const { kafka, close } = createClients(config, quietClientPorts(context, createLog(config.LOG_LEVEL)));
  const paint = paintFor(context);
  const decode = createDecoder(writerTypeFetcher(registryConnection(config, context.clock), context.signal));
  const printEvent: Print = async ({ value }) => {
    const decoded = await decode(value ?? Buffer.alloc(0));
    if (workspace !== undefined && decoded.workspace_gid !== workspace) return undefined;
    const event = toEvent(decoded);
    if (type !== undefined && event.event_type !== type) return undefined;
    return json ? canonicalJson(event) : eventLine(event, paint);
  };
  const printDeadLetter: Print = async (record) => {
    if (workspace !== undefined && record.headers.workspace_gid !== workspace) return undefined;
    return json ? deadLetterJson(record) : deadLetterLine(record, paint);
  };
  const isDead = options['dead-letters'];
  const range = {
    topic: isDead ? deadLettersTopic(config.EVENTS_TOPIC) : config.EVENTS_TOPIC,
    isFromBeginning: options['from-beginning'],
    isUntilEnd: options['until-end'],
  };
  const progress = createProgress(context.stderr, context.clock);
  progress.say(waitingForKafka(config));
  const showAll = async () => {
    const partitions = await partitionCount(kafka, range.topic);
    progress.end();
    for await (const record of tailRecords(kafka, range, partitions, context.signal))
      await show(record, isDead ? printDeadLetter : printEvent, range.topic, context);
    return 0;
  };
  try {
    return await orStopped(context.signal, showAll());
  } catch (error) {
    progress.end();
    // Without an end, being stopped is how it ends.
    if (context.signal.aborted && !range.isUntilEnd) return 0;
    throw error;
  } finally {
    await closeAfter(close, context.signal);
  }
}

/** What is none of ours is said, and passed by: it may be another program's. */
async function show(
  record: ReadRecord,
  print: Print,
  topic: string,
  { stdout, stderr }: CommandContext,
): Promise<void> {
  try {
    const line = await print(record);
    if (line !== undefined) await writeSlowly(stdout, `${line}\n`);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    stderr.write(`${topic}-${record.partition}@${record.offset} is no event of ours: ${messageOf(error)}\n`);
  }
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof UndecodableRecord ||
  error instanceof SyntaxError ||
  (error instanceof ConnectorError && error.code === 'SCHEMA_NOT_REGISTERED');

/** By the convention of NO_COLOR: colour only where a person looks, who has not said no to it. */
function paintFor({ stdout, environment }: CommandContext): Paint {
  const isWanted = stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return isWanted ? coloured : plain;
}
