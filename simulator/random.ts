/** Seeded numbers: hashes for what must be a pure function of (seed, index), a stream for what happens in sequence. */

/** A bijection of 32-bit integers that scatters its input (MurmurHash3's finalizer). Result in 0 … 2^32 - 1. */
export function scatter(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A 32-bit hash of two integers; chain it for more. */
export const hashPair = (left: number, right: number): number =>
  scatter(scatter(left) ^ Math.imul(right, 0x9e3779b1));

/** A 32-bit hash of a point in time; milliseconds since 1970 do not fit 32 bits. */
export const hashTime = (seed: number, timeMs: number): number =>
  hashPair(hashPair(seed, timeMs % 0x1_0000_0000), Math.floor(timeMs / 0x1_0000_0000));

/** A 32-bit hash as a fraction in [0, 1). */
export const toFraction = (hash: number): number => hash / 0x1_0000_0000;

/** The element that a 32-bit hash points at. The list must not be empty. */
export function pick<Item>(items: readonly Item[], hash: number): Item {
  const item = items[hash % items.length];
  if (item === undefined) throw new RangeError('cannot pick from an empty list');
  return item;
}

/** A seeded sequence of fractions in [0, 1). */
export type RandomStream = () => number;

export function randomStream(seed: number): RandomStream {
  let count = 0;
  return () => {
    count += 1;
    return toFraction(hashPair(seed, count));
  };
}
