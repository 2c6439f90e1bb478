import { orStopped } from '../deadline.ts';

/** The group's word that this replica is still a member of the generation that gave it its streams. */
export class Confirmation {
  /** Since the last question. */
  #waiting = Promise.withResolvers<void>();
  /** Before it, and without an answer yet. */
  #asked: PromiseWithResolvers<void>[] = [];

  /** Resolves with an answer to a question that is asked from now on: an earlier one may be as old as this replica's doubt. */
  next(signal: AbortSignal): Promise<void> {
    return orStopped(signal, this.#waiting.promise);
  }

  /** A question leaves. */
  ask(): void {
    this.#asked.push(this.#waiting);
    this.#waiting = Promise.withResolvers();
  }

  /** The answer to the last question: yes. */
  confirm(): void {
    for (const { resolve } of this.#asked) resolve();
    this.#asked = [];
  }
}
