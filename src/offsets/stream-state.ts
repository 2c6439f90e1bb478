import { ConnectorError } from '../errors.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import {
  type ReadRecord,
  readPartitionToEnd,
  readPartitionWritten,
  readToEnd,
} from '../kafka/read-to-end.ts';
import type { State } from '../kafka/session.ts';
import { type StateKeys, stateKeys, statePartition } from '../kafka/state-keys.ts';
import type { StreamName } from '../kafka/state-location.ts';
import type { Cursor } from '../stream/cursor.ts';
import { decodePosition, type Reset } from '../stream/cursor-record.ts';
import { type PassedGap, passedGaps } from '../stream/gap.ts';
import { type Republished, republications } from '../stream/republished.ts';

/** All that the state topic says of a stream. */
export interface StreamState {
  readonly position: Cursor | Reset | undefined;
  /** Why there is a record of the position that cannot be read. */
  readonly unreadable: ConnectorError | undefined;
  /** The value of that record. */
  readonly record: Buffer | null | undefined;
  /** ISO time; the commands that move a stream begin sessions too. */
  readonly lastSessionAt: string | undefined;
  readonly gaps: readonly PassedGap[];
  /** Where the position could not be read before: as of when the last readable one was complete. */
  readonly unreadableFromMs: number | undefined;
  readonly republished: readonly Republished[];
}

export function interpretState(state: State, keys: StateKeys): StreamState {
  const record = state.get(keys.cursor);
  const open = readJson(state.get(keys.unreadable));
  return {
    record,
    ...readPosition(keys.cursor, record),
    lastSessionAt: text(readJson(state.get(keys.session))?.started_at),
    gaps: passedGaps(state, keys),
    unreadableFromMs: typeof open?.from === 'string' ? Date.parse(open.from) : undefined,
    republished: republications(state, keys),
  };
}

function readPosition(
  key: string,
  record: Buffer | null | undefined,
): Pick<StreamState, 'position' | 'unreadable'> {
  if (record === undefined) return { position: undefined, unreadable: undefined };
  try {
    return { position: decodePosition(key, record), unreadable: undefined };
  } catch (error) {
    if (error instanceof ConnectorError) return { position: undefined, unreadable: error };
    throw error;
  }
}

function readJson(value: Buffer | null | undefined) {
  try {
    const record: JsonValue = JSON.parse(String(value));
    return isJsonObject(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * What can be read of the stream's state at once, without a session: whoever runs it is not disturbed, and may be further by now, also by
 * what is committed behind a neighbour's open transaction. Throws STATE_MISPLACED where the position is in another partition than its own.
 */
export const readStreamState = (
  kafka: KafkaClient,
  stream: StreamName,
  signal: AbortSignal,
): Promise<StreamState> => readState(kafka, stream, readPartitionToEnd, signal);

/** The same for whoever acts on it: waits for the transactions that are open, so that nothing is missing that was committed before. */
export const readWrittenState = (
  kafka: KafkaClient,
  stream: StreamName,
  ports: WaitPorts,
  signal: AbortSignal,
): Promise<StreamState> =>
  readState(
    kafka,
    stream,
    (...[client, topic, partition]) => readPartitionWritten(client, topic, partition, ports, signal),
    signal,
  );

type ReadPartition = (
  kafka: KafkaClient,
  topic: string,
  partition: number,
  signal: AbortSignal,
) => AsyncIterable<ReadRecord>;

async function readState(
  kafka: KafkaClient,
  { connectorName, workspaceGid, topics: { stateTopic } }: StreamName,
  readPartition: ReadPartition,
  signal: AbortSignal,
): Promise<StreamState> {
  const keys = stateKeys(connectorName, workspaceGid);
  const state = new Map<string, Buffer | null>();
  const topic = await kafka.describeTopic(stateTopic);
  if (topic === undefined) return interpretState(state, keys);
  const own = statePartition(connectorName, workspaceGid, topic.partitions);
  for await (const { key, value } of readPartition(kafka, stateTopic, own, signal))
    state.set(String(key), value);
  if (!state.has(keys.cursor)) await refuseMisplaced(kafka, stateTopic, keys.cursor, own, signal);
  return interpretState(state, keys);
}

async function refuseMisplaced(
  kafka: KafkaClient,
  topic: string,
  cursorKey: string,
  own: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const { key, partition } of readToEnd(kafka, topic, signal)) {
    if (String(key) !== cursorKey) continue;
    throw new ConnectorError(
      'STATE_MISPLACED',
      `the cursor ${cursorKey} is in partition ${partition} of ${topic}, and belongs into ${own}`,
    );
  }
}
