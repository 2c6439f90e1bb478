/** Time that passes only from event to event, so that a run of hours takes milliseconds and is the same each time. */

import type { RandomStream } from '../../simulator/random.ts';

interface Entry {
  readonly timeMs: number;
  /** Drawn by lot: what happens at the same time happens in an order that only the seed decides. */
  readonly lot: number;
  readonly serial: number;
  action: (() => void) | undefined;
}

export interface Timer {
  cancel(): void;
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.timeMs - b.timeMs < 0 ||
  (a.timeMs === b.timeMs && (a.lot < b.lot || (a.lot === b.lot && a.serial < b.serial)));

export class VirtualTime {
  readonly #random: RandomStream;
  readonly #heap: Entry[] = [];
  #nowMs = 0;
  #serial = 0;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  /** Milliseconds since the beginning of the run. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events have been scheduled so far: the length of a run, whatever it did. */
  get scheduled(): number {
    return this.#serial;
  }

  /** Runs `action` after `delayMs`, or later for what is scheduled for the same time and drew a lower lot. */
  after(delayMs: number, action: () => void): Timer {
    const entry: Entry = {
      timeMs: this.#nowMs + Math.max(0, delayMs),
      lot: this.#random(),
      serial: ++this.#serial,
      action,
    };
    this.#push(entry);
    return {
      cancel: () => {
        entry.action = undefined;
      },
    };
  }

  /** Lets events happen one by one, each with all that follows from it at once, until `isOver` or nothing is left. */
  async run(isOver: () => boolean): Promise<void> {
    await settle();
    while (!isOver()) {
      const next = this.#pop();
      if (next === undefined) return;
      if (next.action === undefined) continue;
      this.#nowMs = next.timeMs;
      next.action();
      await settle();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = child === right ? 2 * at + 2 : 2 * at + 1;
    }
    heap[at] = last;
    return first;
  }
}

/** All promise reactions run before the next turn of the event loop, however long their chains are. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
