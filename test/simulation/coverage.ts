/** What a batch of runs has met: a fault that never struck and a recovery that was never needed prove nothing. */

export class Coverage {
  readonly #counts = new Map<string, number>();

  reach(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  add(other: Iterable<readonly [string, number]>): void {
    for (const [name, count] of other) this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }
}
