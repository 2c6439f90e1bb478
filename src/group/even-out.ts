/** Something that two members could swap. */
export interface Item {
  readonly streams: number;
  /** The first of the two has it, otherwise the second. */
  readonly isFirst: boolean;
  /** Of changing sides; below 0 where that leaves it in peace. */
  readonly cost: number;
}

/** A way to get so many streams from the first to the second. */
interface Way<T> {
  readonly cost: number;
  readonly last: T | undefined;
  readonly before: Way<T> | undefined;
}

/**
 * Which items are to change sides, so that two members are as close together in streams as they can be; of all such ways, one that
 * costs the least. Empty where they cannot get any closer.
 *
 * @param apart by how many streams the first has more than the second
 */
export function evenOut<T extends Item>(items: readonly T[], apart: number): T[] {
  let ways = new Map<number, Way<T>>([[0, { cost: 0, last: undefined, before: undefined }]]);
  for (const item of items) {
    const extended = new Map(ways);
    for (const [passed, way] of ways) {
      const then = passed + (item.isFirst ? item.streams : -item.streams);
      const cost = way.cost + item.cost;
      if (cost < (extended.get(then)?.cost ?? Number.POSITIVE_INFINITY))
        extended.set(then, { cost, last: item, before: way });
    }
    ways = extended;
  }
  const distance = (passed: number) => Math.abs(apart - 2 * passed);
  const [best] = [...ways].toSorted(
    ([a, one], [b, other]) => distance(a) - distance(b) || one.cost - other.cost,
  );
  const moved: T[] = [];
  if (best === undefined || distance(best[0]) >= Math.abs(apart)) return moved;
  for (let way: Way<T> | undefined = best[1]; way?.last; way = way.before) moved.push(way.last);
  return moved;
}
