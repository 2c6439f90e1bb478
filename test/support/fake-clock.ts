import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** Virtual time: it moves only when told to, and wakes sleepers one by one in the order of their times. */
export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  /** In the order of their waking; those of one time in the order in which they fell asleep. */
  readonly #sleepers: Sleeper[] = [];

  constructor(startMs = Date.parse('2026-01-31T09:30:00.000Z')) {
    this.#wallOffsetMs = startMs;
  }

  now = (): number => this.#wallOffsetMs + this.#monotonicMs;

  monotonicMs = (): number => this.#monotonicMs;

  get sleepers(): number {
    return this.#sleepers.length;
  }

  sleep = (delayMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const remove = () => this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
      const onAbort = () => {
        remove();
        reject(signal.reason);
      };
      const sleeper: Sleeper = {
        wakeAtMs: this.#monotonicMs + Math.max(0, delayMs),
        wake: () => {
          remove();
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const later = this.#sleepers.findIndex(({ wakeAtMs }) => wakeAtMs > sleeper.wakeAtMs);
      this.#sleepers.splice(later === -1 ? this.#sleepers.length : later, 0, sleeper);
    });

  /** Moves the time on. Whatever a woken sleeper does without real IO is done before the next one wakes. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#monotonicMs + durationMs;
    await macrotask();
    for (let next = this.#sleepers[0]; next && next.wakeAtMs <= endMs; next = this.#sleepers[0]) {
      this.#monotonicMs = next.wakeAtMs;
      next.wake();
      await macrotask();
    }
    this.#monotonicMs = endMs;
  }

  /** Lets time pass from sleeper to sleeper until `work` has settled; while nobody sleeps, real IO goes on. */
  async runUntilSettled<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    work.then(settle, settle);
    await macrotask();
    while (!settled) {
      const [next] = this.#sleepers;
      await this.advance(next ? next.wakeAtMs - this.#monotonicMs : 0);
    }
    return work;
  }

  /** Sets the wall clock forward or back, as NTP or an operator would; sleepers and durations do not notice. */
  setWallClockBy(deltaMs: number): void {
    this.#wallOffsetMs += deltaMs;
  }
}
