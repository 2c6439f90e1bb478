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

/**
 * An owner for each partition. What has one keeps it, what has none goes to whoever runs the fewest streams; then partitions move, as
 * long as that brings two members closer together in streams. What nobody runs yet moves first.
 *
 * Each step makes the sum of squares of the loads smaller, so it ends; and what comes out, put in again, comes out unchanged.
 */
export function balance(shares: readonly Share[], holders: readonly Holder[]): ReadonlyMap<number, string> {
  const plan = new Plan(shares, holders);
  const unowned = shares.filter(({ partition }) => !plan.owners.has(partition));
  for (const share of unowned.toSorted((a, b) => b.streams - a.streams)) plan.place(share);
  for (const movable of [unowned, shares]) while (plan.move(movable) || plan.exchange(movable));
  return plan.owners;
}

class Plan {
  /** By partition. */
  readonly owners = new Map<number, string>();
  readonly #runners = new Map<number, string>();
  readonly #ids: readonly string[];
  readonly #shares: readonly Share[];

  constructor(shares: readonly Share[], holders: readonly Holder[]) {
    this.#shares = shares;
    this.#ids = holders.map(({ id }) => id);
    for (const { partition, candidates } of shares) {
      const able = holders.filter(({ id }) => candidates.includes(id));
      const runner = able.find(({ running }) => running.includes(partition))?.id;
      if (runner !== undefined) this.#runners.set(partition, runner);
      const owner = able.find(({ promised }) => promised.includes(partition))?.id ?? runner;
      if (owner !== undefined) this.owners.set(partition, owner);
    }
  }

  /** With the candidate that has the fewest streams. */
  place({ partition, candidates }: Share): void {
    const load = this.#loads();
    const [first, ...others] = candidates;
    if (first === undefined) return;
    this.owners.set(
      partition,
      others.reduce((least, id) => (load(id) < load(least) ? id : least), first),
    );
  }

  /** Makes the one move that brings the most; false where none brings anything. */
  move(movable: readonly Share[]): boolean {
    const load = this.#loads();
    let best: { partition: number; to: string; gain: number } | undefined;
    for (const { partition, streams, candidates } of movable) {
      const from = this.owners.get(partition);
      if (from === undefined) continue;
      for (const to of candidates) {
        // What is taken off the sum of squares, halved.
        const gain = streams * (load(from) - load(to) - streams);
        if (gain > (best?.gain ?? 0)) best = { partition, to, gain };
      }
    }
    if (best) this.owners.set(best.partition, best.to);
    return best !== undefined;
  }

  /** Where no single move helps: several partitions change between two members, the farthest apart first. False where nothing helps. */
  exchange(movable: readonly Share[]): boolean {
    const load = this.#loads();
    const pairs = this.#ids.flatMap((more) =>
      this.#ids.flatMap((less) => {
        const apart = load(more) - load(less);
        return apart > 1 ? [{ more, less, apart }] : [];
      }),
    );
    for (const { more, less, apart } of pairs.toSorted((a, b) => b.apart - a.apart)) {
      const moved = evenOut(this.#between(more, less, movable), apart);
      for (const { partition, isFirst } of moved) this.owners.set(partition, isFirst ? less : more);
      if (moved.length > 0) return true;
    }
    return false;
  }

  /** What the two could exchange, and how many streams that interrupts, or leaves in peace. */
  #between(one: string, other: string, movable: readonly Share[]) {
    return movable.flatMap(({ partition, streams, candidates }) => {
      const owner = this.owners.get(partition);
      if (owner === undefined || ![one, other].includes(owner)) return [];
      if (!candidates.includes(one) || !candidates.includes(other)) return [];
      const runner = this.#runners.get(partition);
      const isRunBack = runner === (owner === one ? other : one);
      const cost = runner === owner ? streams : isRunBack ? -streams : 0;
      return [{ partition, streams, isFirst: owner === one, cost }];
    });
  }

  #loads(): (id: string) => number {
    const loads = new Map<string, number>();
    for (const { partition, streams } of this.#shares) {
      const owner = this.owners.get(partition);
      if (owner !== undefined) loads.set(owner, (loads.get(owner) ?? 0) + streams);
    }
    return (id) => loads.get(id) ?? 0;
  }
}
