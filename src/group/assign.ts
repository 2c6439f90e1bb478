import { balance, type Share } from './balance.ts';

/** What a member of the group says of itself when it joins. Partitions are those of the state topic. */
export interface Member {
  readonly id: string;
  /** The workspaces that it is configured with. */
  readonly streams: readonly string[];
  /** What it runs now, or has not ended yet. */
  readonly running: readonly number[];
  /** What it was promised: still run by another member when it was assigned. */
  readonly promised: readonly number[];
}

export interface Assigned {
  /** To run from now on. */
  readonly partitions: readonly number[];
  /** To get in the rebalance that follows once their owner has given them up. */
  readonly promised: readonly number[];
}

/**
 * Who runs what, by member.
 *
 * A partition that another member still runs is nobody's in this generation: its owner finds it missing, gives it up and joins again,
 * and that rebalance gives it out. So no two members run a partition at the same time, and one that stays is not touched.
 */
export function assign(
  members: readonly Member[],
  partitionOf: (stream: string) => number,
): ReadonlyMap<string, Assigned> {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const owners = balance(sharesOf(sorted, partitionOf), sorted);
  const isFree = (partition: number, owner: string) =>
    sorted.every(({ id, running }) => id === owner || !running.includes(partition));
  return new Map(
    sorted.map(({ id }) => {
      const own = [...owners].flatMap(([partition, owner]) => (owner === id ? [partition] : []));
      const ready = Map.groupBy(own, (partition) => isFree(partition, id));
      return [id, { partitions: ready.get(true) ?? [], promised: ready.get(false) ?? [] }];
    }),
  );
}

/**
 * The partitions that hold streams. One may go to the members that know the most of its streams: while a new configuration is rolled
 * out, a workspace that only some have begins with the first of them, and one that was removed ends with the last.
 */
function sharesOf(members: readonly Member[], partitionOf: (stream: string) => number): Share[] {
  const streams = new Set(members.flatMap((member) => member.streams));
  const byPartition = Map.groupBy(streams, partitionOf);
  const known = members.map(({ id, streams }) => {
    const counts = new Map<number, number>();
    for (const stream of new Set(streams)) {
      const partition = partitionOf(stream);
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
    }
    return { id, counts };
  });
  return [...byPartition]
    .map(([partition, { length }]) => {
      const most = Math.max(...known.map(({ counts }) => counts.get(partition) ?? 0));
      const candidates = known.flatMap(({ id, counts }) => (counts.get(partition) === most ? [id] : []));
      return { partition, streams: length, candidates };
    })
    .toSorted((a, b) => a.partition - b.partition);
}
