import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import { lost, readUpToAloud } from '../kafka/read-claimed.ts';
import { readWritten } from '../kafka/read-to-end.ts';
import { stateKeys } from '../kafka/state-keys.ts';
import type { Books, Cursor } from '../stream/cursor.ts';
import { decodePosition, isReset, type Reset } from '../stream/cursor-record.ts';
import { addToDigest, EMPTY_DIGEST } from '../stream/digest.ts';
import { type Republished, republications } from '../stream/republished.ts';

/** What the state claims of the topic, and what the topic holds. */
export interface LedgerEntry {
  readonly events: number;
  readonly digest: string;
}

export interface Ledger {
  readonly claimed: LedgerEntry;
  readonly found: LedgerEntry;
  /** Undefined for a stream that was reset and has not started since. */
  readonly completeToMs: number | undefined;
  /** What the operator had published again: there is more than one record of it. */
  readonly republished: readonly Republished[];
}

export interface LedgerRequest extends WaitPorts {
  readonly connectorName: string;
  readonly workspaceGid: string;
  readonly stateTopic: string;
  readonly onProgress: (records: number, part: number) => void;
}

/**
 * Recomputes count and digest of a stream's gids from the events topic, as far as its cursor knows it. Asks Asana nothing. Throws
 * NO_POSITION where there is no cursor, TOPIC_LOST where the topic ends before what it claims.
 */
export async function readLedger(
  kafka: KafkaClient,
  request: LedgerRequest,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<Ledger> {
  const { position, republished } = await findState(kafka, request, signal);
  const { events, digest } = position;
  return {
    claimed: { events, digest },
    found: await recount(kafka, position, request, decode, signal),
    completeToMs: isReset(position) ? undefined : position.completeToMs,
    republished,
  };
}

export const isBalanced = ({ claimed, found }: Ledger): boolean =>
  claimed.events === found.events && claimed.digest === found.digest;

async function findState(
  kafka: KafkaClient,
  request: LedgerRequest,
  signal: AbortSignal,
): Promise<{ position: Cursor | Reset; republished: readonly Republished[] }> {
  const { connectorName, workspaceGid, stateTopic } = request;
  const keys = stateKeys(connectorName, workspaceGid);
  const state = new Map<string, Buffer | null>();
  for await (const { key, value } of readWritten(kafka, stateTopic, request, signal))
    state.set(String(key), value);
  const record = state.get(keys.cursor);
  if (record === undefined)
    throw new ConnectorError('NO_POSITION', `the topic ${stateTopic} has no record ${keys.cursor}`);
  return { position: decodePosition(keys.cursor, record), republished: republications(state, keys) };
}

async function recount(
  kafka: KafkaClient,
  { eventsTopic: topic, ends }: Books,
  request: LedgerRequest,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<LedgerEntry> {
  let events = 0;
  let digest = EMPTY_DIGEST;
  let records = 0;
  let read = 0;
  const whole = [...ends.values()].reduce((sum, end) => sum + end, 0);
  const partitions = (await kafka.describeTopic(topic))?.partitions ?? 0;
  for (const [partition, end] of ends) {
    if (partition >= partitions) throw lost(topic, partition, end, 'does not exist');
    const range = { topic, partition, start: 'earliest', end } as const;
    for await (const { value, offset } of readUpToAloud(kafka, range, request, signal)) {
      request.onProgress(++records, (read + offset) / whole);
      const record = await decodeOwn(decode, request.workspaceGid, value);
      if (record === undefined) continue;
      events++;
      digest = addToDigest(digest, [record.gid]);
    }
    read += end;
  }
  return { events, digest };
}
