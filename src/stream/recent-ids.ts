/** The ids seen last, at most `capacity` of them: to notice an event that Asana shows on two pages of a chain. */
export class RecentIds {
  readonly #capacity: number;
  /** In the order of arrival; a Set keeps it. */
  readonly #ids = new Set<string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** False where `id` was there already. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#capacity) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    return true;
  }
}
