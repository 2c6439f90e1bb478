import { type DecodeRecord, decodeOwn } from '../avro/decoder.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { WaitPorts } from '../kafka/open-transaction.ts';
import { readWritten } from '../kafka/read-to-end.ts';
import { deadLettersTopic } from '../kafka/topics.ts';
import { type Books, emptyBooks } from '../stream/cursor.ts';
import { addToDigest } from '../stream/digest.ts';

/**
 * What a stream has put where, counted anew from the topics: for a stream whose state does not say, or says it of a topic that is
 * gone. Waits for the transactions that are open.
 */
export async function recountBooks(
  kafka: KafkaClient,
  decode: DecodeRecord,
  { workspaceGid, eventsTopic }: { readonly workspaceGid: string; readonly eventsTopic: string },
  onProgress: (records: number) => void,
  ports: WaitPorts,
  signal: AbortSignal,
): Promise<Books> {
  let { events, digest, deadLetters, deadLettersEnd } = emptyBooks(eventsTopic);
  const ends = new Map<number, number>();
  let records = 0;
  for await (const { partition, offset, value } of readWritten(kafka, eventsTopic, ports, signal)) {
    onProgress(++records);
    const record = await decodeOwn(decode, workspaceGid, value);
    if (record === undefined) continue;
    events++;
    digest = addToDigest(digest, [record.gid]);
    ends.set(partition, offset + 1);
  }
  for await (const { offset, headers } of readWritten(kafka, deadLettersTopic(eventsTopic), ports, signal)) {
    if (headers.workspace_gid !== workspaceGid) continue;
    deadLetters++;
    deadLettersEnd = offset + 1;
  }
  return { eventsTopic, ends, events, digest, deadLetters, deadLettersEnd };
}

/** Is there still what the books say, as far as the ends of the partitions tell? */
export async function isInTopic(
  kafka: KafkaClient,
  { eventsTopic, ends }: Books,
  signal: AbortSignal,
): Promise<boolean> {
  const topic = await kafka.describeTopic(eventsTopic);
  for (const [partition, end] of ends) {
    if (topic === undefined || partition >= topic.partitions) return false;
    for await (const { highWatermark } of kafka.fetchCommitted(eventsTopic, partition, 'earliest', signal)) {
      if (highWatermark < end) return false;
      break;
    }
  }
  return true;
}
