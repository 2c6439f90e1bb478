import { evenOut } from './even-out.ts';

/** A partition with its streams, and the members that may run it. */
export interface Share {
  readonly partition: number;
  readonly streams: number;
  readonly candidates: readonly string[];
}

/** Where partitions are, or are about to be. */
export interface Holder {
  readonly id: string;
  readonly running: readonly number[];
  readonly promised: readonly number[];
}

type Owners = Map<number, string>;

/**
 * An owner for each partition. What has one keeps it, what has none goes to whoever runs the fewest streams; then partitions move, as
 * long as that brings two members closer together in streams. What nobody runs yet moves first.
 *
 * Each step makes the sum of squares of the loads smaller, so it ends; and what comes out, put in again, comes out unchanged.
 */
export function balance(shares: readonly Share[], holders: readonly Holder[]): Owners {
  const owners: Owners = new Map();
  for (const share of shares) {
    const owner = formerOwner(share, holders);
    if (owner !== undefined) owners.set(share.partition, owner);
  }
  const unowned = shares.filter(({ partition }) => !owners.has(partition));
  for (const share of unowned.toSorted((a, b) => b.streams - a.streams)) {
    const load = loadsOf(shares, owners);
    const [first, ...others] = share.candidates;
    if (first === undefined) continue;
    const owner = others.reduce((least, id) => (load(id) < load(least) ? id : least), first);
    owners.set(share.partition, owner);
  }
  const ids = holders.map(({ id }) => id);
  for (const movable of [unowned, shares])
    while (move(movable, shares, owners) || exchange(ids, movable, shares, owners));
  return owners;
}

function formerOwner({ partition, candidates }: Share, holders: readonly Holder[]): string | undefined {
  const able = holders.filter(({ id }) => candidates.includes(id));
  const holder =
    able.find(({ promised }) => promised.includes(partition)) ??
    able.find(({ running }) => running.includes(partition));
  return holder?.id;
}

function loadsOf(shares: readonly Share[], owners: Owners): (id: string) => number {
  const loads = new Map<string, number>();
  for (const { partition, streams } of shares) {
    const owner = owners.get(partition);
    if (owner !== undefined) loads.set(owner, (loads.get(owner) ?? 0) + streams);
  }
  return (id) => loads.get(id) ?? 0;
}

/** The one move that brings the most. */
function move(movable: readonly Share[], all: readonly Share[], owners: Owners): boolean {
  const load = loadsOf(all, owners);
  let best: { partition: number; to: string; gain: number } | undefined;
  for (const { partition, streams, candidates } of movable) {
    const from = owners.get(partition);
    if (from === undefined) continue;
    for (const to of candidates) {
      // What is taken off the sum of squares, halved.
      const gain = streams * (load(from) - load(to) - streams);
      if (gain > (best?.gain ?? 0)) best = { partition, to, gain };
    }
  }
  if (best) owners.set(best.partition, best.to);
  return best !== undefined;
}

/** Where no single move helps: several partitions, between those two members of whom it brings the farthest apart closer together. */
function exchange(
  ids: readonly string[],
  movable: readonly Share[],
  all: readonly Share[],
  owners: Owners,
): boolean {
  const load = loadsOf(all, owners);
  const pairs = ids.flatMap((one) =>
    ids.flatMap((other) => {
      const apart = load(one) - load(other);
      return apart > 1 ? [{ one, other, apart }] : [];
    }),
  );
  for (const { one, other, apart } of pairs.toSorted((a, b) => b.apart - a.apart)) {
    const between = movable.filter(
      ({ partition, candidates }) =>
        [one, other].includes(owners.get(partition) ?? '') &&
        candidates.includes(one) &&
        candidates.includes(other),
    );
    const items = between.map((share) => ({ ...share, isFirst: owners.get(share.partition) === one }));
    const moved = evenOut(items, apart);
    for (const { partition, isFirst } of moved) owners.set(partition, isFirst ? other : one);
    if (moved.length > 0) return true;
  }
  return false;
}
