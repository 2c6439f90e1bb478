/** Somebody who reads a connector's topics during a whole lane, as a stream processor would. */

import { waitUntil } from '../../dev/wait.ts';
import { stateKeys, statePartition } from '../../src/kafka/state-keys.ts';
import type { PartitionEnd } from '../../src/verify/evidence.ts';
import { EVENTS_PARTITIONS, eventsTopicOf, STATE_PARTITIONS, stateTopicOf, WORKSPACE } from './connector.ts';
import { type FollowedRecord, followPartition } from './follow-partition.ts';
import { readStateEntry, type StateEntry } from './state-entry.ts';

export interface ConcurrentReader {
  /** `offset key` of each record of a partition of the events topic, in the order in which it came. */
  seenIn(partition: number): readonly string[];
  /** Of the stream's partition of the state topic, each record that was ever committed: compaction comes too late for it. */
  readonly state: readonly StateEntry[];
  /**
   * Resolves once everything below the last stable offsets is read, or when it gives that up: the invariants say what is missing.
   * Throws where a record of the state cannot be read.
   */
  reach(ends: readonly PartitionEnd[]): Promise<void>;
  close(): Promise<void>;
}

const REACH_TIMEOUT_MS = 30_000;

/** Reads from now on, and what was there before, past the lane's proxies. */
export function startConcurrentReader(name: string, brokers: string): ConcurrentReader {
  const over = new AbortController();
  const next = new Map<string, number>();
  const seen = Array.from({ length: EVENTS_PARTITIONS }, (): string[] => []);
  const state: StateEntry[] = [];
  const keys = stateKeys(name, WORKSPACE);
  let failure: unknown;
  const follow = (topic: string, partition: number, onRecord: (record: FollowedRecord) => void) => {
    const onProgress = (offset: number) => next.set(`${topic}-${partition}`, offset);
    onProgress(0);
    const followed = { topic, partition, onRecord, onProgress };
    return followPartition(brokers, followed, over.signal).catch((error) => {
      failure = error;
    });
  };
  const following = Promise.all([
    ...seen.map((records, partition) =>
      follow(eventsTopicOf(name), partition, ({ offset, key }) => records.push(`${offset} ${key}`)),
    ),
    follow(stateTopicOf(name), statePartition(name, WORKSPACE, STATE_PARTITIONS), (record) => {
      const entry = readStateEntry(record, keys);
      if (entry) state.push(entry);
    }),
  ]);
  return {
    seenIn: (partition) => seen[partition] ?? [],
    state,
    reach: async (ends) => {
      const isBehind = ({ topic, partition, lastStableOffset }: PartitionEnd) =>
        (next.get(`${topic}-${partition}`) ?? lastStableOffset) < lastStableOffset;
      const reached = async () => failure !== undefined || !ends.some(isBehind) || undefined;
      await waitUntil(reached, { what: 'the concurrent reader', timeoutMs: REACH_TIMEOUT_MS }).catch(
        () => undefined,
      );
      if (failure !== undefined) throw failure;
    },
    close: async () => {
      over.abort();
      await following;
    },
  };
}
