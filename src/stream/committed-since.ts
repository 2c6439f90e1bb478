import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import { toRecord } from '../avro/mapping.ts';
import { identityOf } from '../encode/identity.ts';
import { parseJson } from '../json.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { readUpTo } from '../kafka/read-to-end.ts';
import { DEAD_LETTERS_PARTITION } from './batch.ts';
import type { Cursor } from './cursor.ts';

export interface CommittedTopics {
  readonly workspaceGid: string;
  readonly eventsTopic: string;
  readonly deadLettersTopic: string;
}

// A dead letter has the time of its commit, on our clock, and the range is on Asana's: this is how far they may be apart.
const DEAD_LETTERS_MARGIN_MS = 86_400_000;

/**
 * The ids of the stream's events that the topics hold, of those created at `fromMs` or later.
 *
 * Each partition is read exactly as far as the cursor knows it. The last stable offset would be too early an end: a
 * neighbour's open transaction pins it below what we have committed, which would then count as missing and be published twice.
 */
export async function readCommittedSince(
  kafka: KafkaClient,
  decode: DecodeRecord,
  { workspaceGid, eventsTopic, deadLettersTopic }: CommittedTopics,
  cursor: Cursor,
  fromMs: number,
  signal: AbortSignal,
): Promise<Set<string>> {
  const ids = new Set<string>();
  const readPartition = async ([partition, end]: [number, number]) => {
    const range = { topic: eventsTopic, partition, start: { timestampMs: fromMs }, end };
    for await (const { key, value } of readUpTo(kafka, range, signal)) {
      if (await decodeOwn(decode, workspaceGid, value)) ids.add(String(key));
    }
  };
  const readDeadLetters = async () => {
    const start = { timestampMs: fromMs - DEAD_LETTERS_MARGIN_MS };
    const range = {
      topic: deadLettersTopic,
      partition: DEAD_LETTERS_PARTITION,
      start,
      end: cursor.deadLettersEnd,
    };
    for await (const { value, headers } of readUpTo(kafka, range, signal)) {
      if (headers.workspace_gid !== workspaceGid || value === null) continue;
      const event = parseJson(String(value));
      ids.add(identityOf(event, toRecord(event, workspaceGid)).id);
    }
  };
  // Side by side: to connect takes longer than to read.
  await Promise.all([...[...cursor.ends].map(readPartition), readDeadLetters()]);
  return ids;
}
