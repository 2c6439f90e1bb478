interface Waiting {
  readonly enter: () => void;
}

/** A room with so many places: whoever finds none waits, and enters in the order of coming. */
export class Places {
  #count: number;
  /** Below 0 where more are in than there are places now. */
  #free: number;
  readonly #waiting = new Set<Waiting>();

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** Resolves once there is a place, which is then taken. Throws the signal's reason where it aborts before. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { enter: resolve };
    const onAbort = () => {
      // Out of the row at once: a place that is given to nobody would be lost.
      this.#waiting.delete(waiting);
      reject(signal.reason);
    };
    this.#waiting.add(waiting);
    signal.addEventListener('abort', onAbort, { once: true });
    await promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  leave(): void {
    this.#free++;
    this.#letIn();
  }

  /** From now on; who is in stays, also where there are fewer. */
  resize(count: number): void {
    this.#free += count - this.#count;
    this.#count = count;
    this.#letIn();
  }

  #letIn(): void {
    for (const waiting of this.#waiting) {
      if (this.#free <= 0) return;
      this.#free--;
      this.#waiting.delete(waiting);
      waiting.enter();
    }
  }
}
