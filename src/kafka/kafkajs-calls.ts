import type { Clock } from '../clock.ts';
import { orLate } from '../deadline.ts';

// One request that is not answered (20 s), and the retries of an election (10 s).
const LIMIT_MS = 30_000;

/**
 * Calls of one kafkajs client, each of which ends in time.
 *
 * kafkajs repeats a request to a broker that hangs as often as to one that refuses it, and each takes a request timeout: a quarter of
 * an hour in which nobody learns that anything is wrong. A call that was given up goes on by itself, so the client is of no further
 * use: for a producer that means what any error means, a new session, which fences it.
 */
export class LimitedCalls {
  readonly #clock: Clock;
  #gaveUp = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** @param mostMs for one that is to end earlier */
  async within<T>(call: () => Promise<T>, mostMs = LIMIT_MS): Promise<T> {
    if (this.#gaveUp) throw new Error('an earlier call was given up');
    const limitMs = Math.min(mostMs, LIMIT_MS);
    return orLate(this.#clock, limitMs, () => this.#giveUp(limitMs), call());
  }

  /** Ends the client; one that hangs is left to end by itself. */
  async end(call: () => Promise<unknown>): Promise<void> {
    const ended = call();
    if (this.#gaveUp) ended.catch(() => {});
    else await orLate(this.#clock, LIMIT_MS, () => this.#giveUp(LIMIT_MS), ended);
  }

  #giveUp(limitMs: number): Error {
    this.#gaveUp = true;
    return new Error(`no answer in ${limitMs / 1_000} s: does the broker hang, or the network?`);
  }
}
