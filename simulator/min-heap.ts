/** A queue that gives the item with the smallest key first. */
export class MinHeap<Item> {
  readonly #entries: { key: number; item: Item }[] = [];

  get smallestKey(): number {
    return this.#entries[0]?.key ?? Number.POSITIVE_INFINITY;
  }

  push(key: number, item: Item): void {
    const entries = this.#entries;
    const entry = { key, item };
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt];
      if (parent === undefined || parent.key <= key) break;
      entries[at] = parent;
      at = parentAt;
    }
    entries[at] = entry;
  }

  pop(): Item | undefined {
    const entries = this.#entries;
    const smallest = entries[0];
    const last = entries.pop();
    if (smallest === undefined || last === undefined || entries.length === 0) return smallest?.item;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const [left, right] = [entries[leftAt], entries[leftAt + 1]];
      const childAt = right !== undefined && left !== undefined && right.key < left.key ? leftAt + 1 : leftAt;
      const child = entries[childAt];
      if (child === undefined || child.key >= last.key) break;
      entries[at] = child;
      at = childAt;
    }
    entries[at] = last;
    return smallest.item;
  }
}
