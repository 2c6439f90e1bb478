import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import { toRecord } from '../avro/mapping.ts';
import { identityOf } from '../encode/identity.ts';
import { parseJson } from '../json.ts';
import type { FetchStart, KafkaClient } from '../kafka/client.ts';
import { type PartitionRange, type Patience, readUpTo } from '../kafka/read-claimed.ts';
import { DEAD_LETTERS_PARTITION } from './batch.ts';
import type { Cursor } from './cursor.ts';

export interface CommittedTopics {
  readonly workspaceGid: string;
  readonly eventsTopic: string;
  readonly deadLettersTopic: string;
}

export interface CommittedPorts {
  readonly kafka: KafkaClient;
  readonly decode: DecodeRecord;
  readonly patience: Patience;
}

/**
 * The ids of the stream's events in a range of the events topic, in the order of their offsets.
 *
 * Each partition is read exactly as far as the cursor knows it. The last stable offset would be too early an end: a
 * neighbour's open transaction pins it below what we have committed, which would then count as missing and be published twice.
 */
export async function* eventIds(
  { kafka, decode, patience }: CommittedPorts,
  { workspaceGid, eventsTopic }: CommittedTopics,
  range: Omit<PartitionRange, 'topic'>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const { key, value } of readUpTo(kafka, { ...range, topic: eventsTopic }, patience, signal))
    if (await decodeOwn(decode, workspaceGid, value)) yield String(key);
}

/** The ids of the stream's dead letters from `start` on, as far as the cursor knows them. */
export async function* deadLetterIds(
  { kafka, patience }: CommittedPorts,
  { workspaceGid, deadLettersTopic: topic }: CommittedTopics,
  start: FetchStart,
  { deadLettersEnd: end }: Cursor,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const range = { topic, partition: DEAD_LETTERS_PARTITION, start, end };
  for await (const { value, headers } of readUpTo(kafka, range, patience, signal)) {
    if (headers.workspace_gid !== workspaceGid || value === null) continue;
    const event = parseJson(String(value));
    yield identityOf(event, toRecord(event, workspaceGid)).id;
  }
}
