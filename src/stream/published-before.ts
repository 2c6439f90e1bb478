import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readToEnd } from '../kafka/read-to-end.ts';
import type { State } from '../kafka/session.ts';
import { decodeCursor } from './cursor-record.ts';

export interface FirstStart {
  readonly workspaceGid: string;
  readonly filters: string;
  readonly eventsTopic: string;
  readonly stateTopic: string;
}

const CURSOR_KEY = /^(?<name>.+)\/(?<workspaceGid>\d+)\/cursor$/;

/**
 * Refuses a first start that is none: the cursor is gone, or kept under another name, and everything that Asana still has would
 * be published a second time. Throws ALREADY_PUBLISHED.
 *
 * The events topic is searched only where the state topic has no cursor at all: among others' cursors, a stream without one is
 * a workspace that was added.
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
  for (const { key, value, name } of cursors.filter((each) => each.workspaceGid === start.workspaceGid)) {
    const cursor = decodeCursor(key, value);
    if (cursor.eventsTopic === start.eventsTopic && cursor.filters === start.filters) {
      throw alreadyPublished(
        `the state topic has a cursor for the same events under the CONNECTOR_NAME ${name}`,
      );
    }
  }
  if (cursors.length === 0 && (await holdsEvents(start, kafka, decode, signal))) {
    const { eventsTopic, stateTopic, workspaceGid } = start;
    throw alreadyPublished(
      `${eventsTopic} holds events of workspace ${workspaceGid}, but ${stateTopic} has no cursor`,
    );
  }
}

async function holdsEvents(
  { eventsTopic, workspaceGid }: FirstStart,
  kafka: KafkaClient,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { value } of readToEnd(kafka, eventsTopic, signal)) {
    if (await decodeOwn(decode, workspaceGid, value)) return true;
  }
  return false;
}

const alreadyPublished = (why: string) =>
  new ConnectorError(
    'ALREADY_PUBLISHED',
    `starting from the oldest event would publish events again: ${why}`,
  );
