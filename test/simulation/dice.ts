/** Draws from a seeded stream. */

import { hashPair, type RandomStream, randomStream } from '../../simulator/random.ts';

export class Dice {
  readonly random: RandomStream;

  /** Streams of other `purpose`s are independent: a draw more in one place leaves all others as they were. */
  constructor(seed: number, purpose: number) {
    this.random = randomStream(hashPair(hashPair(seed, 0x51a), purpose));
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** A whole number in `[from, to]`. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  /** A whole number in `[from, to]`, as likely in each order of magnitude. */
  scale(from: number, to: number): number {
    return Math.round(from * (to / from) ** this.random());
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new RangeError('cannot pick from an empty list');
    return item;
  }
}
