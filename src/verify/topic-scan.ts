import type { Filters } from '../asana/query.ts';
import { type DecodeRecord, UndecodableRecord } from '../avro/decoder.ts';
import { toRecord } from '../avro/mapping.ts';
import { toEvent } from '../avro/to-event.ts';
import { identityOf } from '../encode/identity.ts';
import { ConnectorError } from '../errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../json.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import { type ReadRecord, readPartitionWritten, readWritten } from '../kafka/read-to-end.ts';
import { partitionCount } from '../kafka/topics.ts';
import type { PlaceOf, TopicRecord } from './evidence.ts';
import { hashOf } from './source-scan.ts';

export interface TopicScan extends WaitPorts {
  readonly topic: string;
  readonly workspaceGid: string;
  readonly filters: Filters;
  /** Inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** @param part of the topic that is read, 0 to 1 */
  readonly onProgress: (records: number, part: number) => void;
}

/**
 * Every record of the workspace that was created in the window, decoded back to the event; what cannot be decoded belongs to nobody and
 * to no time, and is wrong in every window. Of the rest nothing is kept: a topic may be years old. Waits for open transactions: what
 * other streams have committed behind them would be called missing.
 */
export async function scanTopic(
  kafka: KafkaClient,
  scan: TopicScan,
  decode: DecodeRecord,
  signal: AbortSignal,
): Promise<TopicRecord[]> {
  const copies: TopicRecord[] = [];
  let records = 0;
  const partitions = await partitionCount(kafka, scan.topic);
  for (let partition = 0; partition < partitions; partition++) {
    for await (const record of readPartitionWritten(kafka, scan.topic, partition, scan, signal)) {
      const copy = await readCopy(record, scan, decode);
      if (copy) copies.push(copy);
      // By key, the partitions are about as long as each other.
      scan.onProgress(++records, (partition + (record.offset + 1) / record.end) / partitions);
    }
  }
  return copies;
}

async function readCopy(
  record: ReadRecord,
  scan: TopicScan,
  decode: DecodeRecord,
): Promise<TopicRecord | undefined> {
  const { partition, offset } = record;
  const late = record.headers.late === 'true';
  try {
    const decoded = await decode(record.value ?? Buffer.alloc(0));
    if (decoded.workspace_gid !== scan.workspaceGid) return undefined;
    const event = toEvent(decoded);
    const createdAtMs = decoded.created_at;
    if (createdAtMs < scan.fromMs || createdAtMs >= scan.toMs) return undefined;
    if (!matches(event, scan.filters)) return undefined;
    const copy = {
      id: decoded.gid,
      createdAtMs,
      hash: hashOf(event),
      partition,
      offset,
      late,
    };
    return record.key?.toString() === copy.id ? copy : { ...copy, problem: ' (under another key)' };
  } catch (error) {
    if (!isUndecodable(error)) throw error;
    return {
      id: String(record.key ?? 'no key'),
      createdAtMs: undefined,
      hash: '',
      partition,
      offset,
      late,
      problem: `: ${error.message}`,
    };
  }
}

/** As Kafka's tools write it, with what is wrong with the record. */
export const placeIn =
  (topic: string): PlaceOf =>
  ({ partition, offset, problem = '' }) =>
    `${topic}-${partition}@${offset}${problem}`;

const isUndecodable = (error: unknown): error is Error =>
  error instanceof UndecodableRecord ||
  error instanceof SyntaxError ||
  (error instanceof ConnectorError && error.code === 'SCHEMA_NOT_REGISTERED');

/** As the endpoint's filters do: the topic may hold what was read under others. */
function matches(event: JsonObject, filters: Filters): boolean {
  const actor = isJsonObject(event.actor) ? event.actor : {};
  const resource = isJsonObject(event.resource) ? event.resource : {};
  return (
    (filters.eventType === undefined || event.event_type === filters.eventType) &&
    (filters.actorType === undefined || actor.actor_type === filters.actorType) &&
    (filters.actorGid === undefined || actor.gid === filters.actorGid) &&
    (filters.resourceGid === undefined || resource.gid === filters.resourceGid)
  );
}

/** The ids of the workspace's dead letters. */
export async function scanDeadLetters(
  kafka: KafkaClient,
  topic: string,
  workspaceGid: string,
  ports: WaitPorts,
  signal: AbortSignal,
): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { value, headers } of readWritten(kafka, topic, ports, signal)) {
    if (headers.workspace_gid !== workspaceGid || value === null) continue;
    const event = parseJson(value.toString('utf8'));
    ids.add(identityOf(event, toRecord(event, workspaceGid)).id);
  }
  return ids;
}
