/** The ids seen last, at least `capacity` of them: to notice an event that Asana shows on two pages of a chain. */
export class RecentIds {
  readonly #capacity: number;
  // Two generations, because deleting the oldest of a Set one by one costs more than all the rest of it.
  #young = new Set<string>();
  #old: ReadonlySet<string> = new Set();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  /** False where `id` was there already. */
  add(id: string): boolean {
    if (this.#old.has(id)) return false;
    // By the size, and not by `has`: a look into a set is a good part of what is done for an event here.
    const sizeBefore = this.#young.size;
    this.#young.add(id);
    if (this.#young.size === sizeBefore) return false;
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}
