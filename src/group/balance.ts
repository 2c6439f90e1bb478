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

/** One partition goes to a member, and perhaps one of its own comes back for it. */
interface Exchange {
  readonly give: Share;
  readonly to: string;
  readonly take?: Share;
  readonly gain: number;
}

/**
 * An owner for each partition. What has one keeps it, what has none goes to whoever runs the fewest streams; then partitions move, or
 * are exchanged for smaller ones, as long as that brings two members closer together in streams. What nobody runs yet moves first.
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
  improve(unowned, shares, owners);
  improve(shares, shares, owners);
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

/** Exchanges those of `movable` until none brings anything. */
function improve(movable: readonly Share[], all: readonly Share[], owners: Owners): void {
  for (;;) {
    const load = loadsOf(all, owners);
    const best = bestOf(moves(movable, owners, load)) ?? bestOf(swaps(movable, owners, load));
    if (best === undefined) return;
    const from = owners.get(best.give.partition);
    owners.set(best.give.partition, best.to);
    if (best.take && from !== undefined) owners.set(best.take.partition, from);
  }
}

function bestOf(exchanges: Iterable<Exchange>): Exchange | undefined {
  let best: Exchange | undefined;
  for (const exchange of exchanges) if (exchange.gain > (best?.gain ?? 0)) best = exchange;
  return best;
}

function* moves(movable: readonly Share[], owners: Owners, load: (id: string) => number) {
  for (const give of movable) {
    const from = owners.get(give.partition);
    if (from === undefined) continue;
    for (const to of give.candidates)
      yield { give, to, gain: gainOf(load(from) - load(to), give.streams) } satisfies Exchange;
  }
}

function* swaps(movable: readonly Share[], owners: Owners, load: (id: string) => number) {
  for (const give of movable) {
    const from = owners.get(give.partition);
    if (from === undefined) continue;
    for (const take of movable) {
      const to = owners.get(take.partition);
      if (to === undefined || !give.candidates.includes(to) || !take.candidates.includes(from)) continue;
      const gain = gainOf(load(from) - load(to), give.streams - take.streams);
      yield { give, to, take, gain } satisfies Exchange;
    }
  }
}

/** What is taken off the sum of squares, halved, when `streams` of them pass between two members that are `apart`. */
const gainOf = (apart: number, streams: number): number =>
  streams > 0 && streams < apart ? streams * (apart - streams) : 0;
