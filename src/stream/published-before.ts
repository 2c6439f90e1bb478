import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readToEnd } from '../kafka/read-to-end.ts';
import type { State } from '../kafka/session.ts';
import { decodePosition } from './cursor-record.ts';

export interface FirstStart {
  readonly workspaceGid: string;
  readonly filters: string;
  readonly eventsTopic: string;
  readonly stateTopic: string;
  readonly nowMs: number;
}

// For a clock that is ahead.
const CLOCK_MARGIN_MS = 10 * 86_400_000;
const CURSOR_KEY = /^(?<name>.+)\/(?<workspaceGid>\d+)\/cursor$/;

/**
 * Refuses a first start that is none: the cursor is gone, or kept under another name, and everything that Asana still has would
 * be published a second time. Throws ALREADY_PUBLISHED.
 *
 * The events topic is searched as far back as Asana could publish again; not where a cursor for other filters of the workspace
 * says whose events those are.
 *
 * @param state of all partitions of the state topic
 */
export async function refuseSecondFirstStart(
  state: State,
  start: FirstStart,
  kafka: KafkaClient,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<void> {
  const cursors = [...state].flatMap(([key, value]) => {
    const { name, workspaceGid } = CURSOR_KEY.exec(key)?.groups ?? {};
    return name === undefined || workspaceGid === undefined ? [] : [{ key, value, name, workspaceGid }];
  });
  const own = cursors
    .filter(({ workspaceGid }) => workspaceGid === start.workspaceGid)
    .map(({ key, value, name }) => ({ name, cursor: decodePosition(key, value) }));
  for (const { name, cursor } of own) {
    if (cursor.eventsTopic === start.eventsTopic && cursor.filters === start.filters) {
      throw alreadyPublished(
        `the state topic has a cursor for the same events under the CONNECTOR_NAME ${name}`,
      );
    }
  }
  const isShared = own.some(({ cursor }) => cursor.eventsTopic === start.eventsTopic);
  if (!isShared && (await holdsEvents(start, kafka, decode, signal))) {
    const { eventsTopic, stateTopic, workspaceGid } = start;
    throw alreadyPublished(
      `${eventsTopic} holds events of workspace ${workspaceGid}, but ${stateTopic} has no cursor for it`,
    );
  }
}

async function holdsEvents(
  { eventsTopic, workspaceGid, nowMs }: FirstStart,
  kafka: KafkaClient,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const from = { timestampMs: nowMs - ASANA_RETENTION_MS - CLOCK_MARGIN_MS };
  for await (const { value } of readToEnd(kafka, eventsTopic, signal, from)) {
    if (await decodeOwn(decode, workspaceGid, value)) return true;
  }
  return false;
}

const alreadyPublished = (why: string) =>
  new ConnectorError(
    'ALREADY_PUBLISHED',
    `starting from the oldest event would publish events again: ${why}`,
  );
