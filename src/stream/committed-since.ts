import { type CommittedPorts, type CommittedTopics, deadLetterIds, eventIds } from './committed-ids.ts';
import type { Cursor } from './cursor.ts';

// A dead letter has the time of its commit, on our clock, and the range is on Asana's: this is how far they may be apart.
const DEAD_LETTERS_MARGIN_MS = 86_400_000;

/** The ids of the stream's events that the topics hold, of those created at `fromMs` or later. */
export async function readCommittedSince(
  ports: CommittedPorts,
  topics: CommittedTopics,
  cursor: Cursor,
  fromMs: number,
  signal: AbortSignal,
): Promise<Set<string>> {
  const ids = new Set<string>();
  const collect = async (found: AsyncIterable<string>) => {
    for await (const id of found) ids.add(id);
  };
  const start = { timestampMs: fromMs };
  const deadLettersStart = { timestampMs: fromMs - DEAD_LETTERS_MARGIN_MS };
  // Side by side: to connect takes longer than to read.
  await Promise.all([
    ...[...cursor.ends].map(([partition, end]) =>
      collect(eventIds(ports, topics, { partition, start, end }, signal)),
    ),
    collect(deadLetterIds(ports, topics, deadLettersStart, cursor, signal)),
  ]);
  return ids;
}
