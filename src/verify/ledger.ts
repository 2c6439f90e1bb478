import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readToEnd, readUpTo } from '../kafka/read-to-end.ts';
import { stateKeys } from '../kafka/state-keys.ts';
import type { Cursor } from '../stream/cursor.ts';
import { decodeCursor } from '../stream/cursor-record.ts';
import { addToDigest, EMPTY_DIGEST } from '../stream/digest.ts';

/** What the state claims of the topic, and what the topic holds. */
export interface LedgerEntry {
  readonly events: number;
  readonly digest: string;
}

export interface Ledger {
  readonly claimed: LedgerEntry;
  readonly found: LedgerEntry;
  readonly completeToMs: number;
}

export interface LedgerRequest {
  readonly connectorName: string;
  readonly workspaceGid: string;
  readonly stateTopic: string;
}

/**
 * Recomputes count and digest of a stream's gids from the events topic, as far as its cursor knows it. Asks Asana nothing. Throws
 * STATE_UNREADABLE where there is no cursor.
 */
export async function readLedger(
  kafka: KafkaClient,
  request: LedgerRequest,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<Ledger> {
  const cursor = await findCursor(kafka, request, signal);
  const { events, digest, completeToMs } = cursor;
  return {
    claimed: { events, digest },
    found: await recount(kafka, cursor, request.workspaceGid, decode, signal),
    completeToMs,
  };
}

export const isBalanced = ({ claimed, found }: Ledger): boolean =>
  claimed.events === found.events && claimed.digest === found.digest;

async function findCursor(
  kafka: KafkaClient,
  { connectorName, workspaceGid, stateTopic }: LedgerRequest,
  signal: AbortSignal,
): Promise<Cursor> {
  const key = stateKeys(connectorName, workspaceGid).cursor;
  let cursor: Cursor | undefined;
  for await (const record of readToEnd(kafka, stateTopic, signal)) {
    if (String(record.key) === key) cursor = decodeCursor(key, record.value);
  }
  if (cursor === undefined)
    throw new ConnectorError('STATE_UNREADABLE', `the topic ${stateTopic} has no record ${key}`);
  return cursor;
}

async function recount(
  kafka: KafkaClient,
  { eventsTopic: topic, ends }: Cursor,
  workspaceGid: string,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<LedgerEntry> {
  let events = 0;
  let digest = EMPTY_DIGEST;
  for (const [partition, end] of ends) {
    for await (const { value } of readUpTo(kafka, { topic, partition, start: 'earliest', end }, signal)) {
      const record = await decodeOwn(decode, workspaceGid, value);
      if (record === undefined) continue;
      events++;
      digest = addToDigest(digest, [record.gid]);
    }
  }
  return { events, digest };
}
