/** The times of all events of a workspace, in ascending order: nine bytes an event, so that ten million fit 100 MB. */
export class Timeline {
  #timesMs: Float64Array<ArrayBuffer>;
  #bulk: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity: number) {
    this.#timesMs = new Float64Array(Math.max(capacity, 16));
    this.#bulk = new Uint8Array(this.#timesMs.length);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends one event. `timeMs` must be a whole number and not before the last one. */
  append(timeMs: number, isBulk: boolean): void {
    if (this.#length === this.#timesMs.length) this.#grow();
    this.#timesMs[this.#length] = timeMs;
    this.#bulk[this.#length] = isBulk ? 1 : 0;
    this.#length += 1;
  }

  /** The time of event `index`, which must exist. */
  timeAt(index: number): number {
    return this.#timesMs[index] ?? Number.NaN;
  }

  /** Whether event `index` is part of a bulk change: same actor, same type, same millisecond. */
  isBulk(index: number): boolean {
    return this.#bulk[index] === 1;
  }

  /** The first index whose time is `timeMs` or later; `length` if there is none. */
  firstAtOrAfter(timeMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#timesMs.length * 1.25) + 1_024;
    const timesMs = new Float64Array(capacity);
    timesMs.set(this.#timesMs);
    const bulk = new Uint8Array(capacity);
    bulk.set(this.#bulk);
    this.#timesMs = timesMs;
    this.#bulk = bulk;
  }
}
