import { type CommittedPorts, type CommittedTopics, deadLetterIds, eventIds } from './committed-ids.ts';
import type { Cursor } from './cursor.ts';

// Markers, aborted records and other workspaces' records take offsets, too.
const OFFSETS_PER_ID = 5;
// A dead letter may be of megabytes.
const MOST_DEAD_LETTERS = 1_000;

/**
 * The ids of about `count` of the stream's events, those committed last: a share of each partition, each in the order of its commits,
 * and those of the dead letters. By offsets, and not by time, because a quiet workspace may show the same events for days.
 *
 * What is read is bounded, whoever else writes to the topics: `OFFSETS_PER_ID` × `count` offsets. Among many busy workspaces fewer ids are
 * found.
 */
export async function readCommittedLast(
  ports: CommittedPorts,
  topics: CommittedTopics,
  cursor: Cursor,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const share = Math.ceil(count / cursor.ends.size);
  const ofPartition = async ([partition, end]: [number, number]) => {
    const start = Math.max(0, end - share * OFFSETS_PER_ID);
    const ids = await Array.fromAsync(eventIds(ports, topics, { partition, start, end }, signal));
    // More of one partition than its share would displace what the committer knows of the others.
    return ids.slice(-share);
  };
  const deadLettersStart = Math.max(0, cursor.deadLettersEnd - MOST_DEAD_LETTERS);
  // Side by side: to connect takes longer than to read.
  const found = await Promise.all([
    ...[...cursor.ends].map(ofPartition),
    Array.fromAsync(deadLetterIds(ports, topics, deadLettersStart, cursor, signal)),
  ]);
  return found.flat();
}
