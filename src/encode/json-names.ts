/** Some names of properties, to be found where one of them stands. */
export class JsonNames {
  /** Each with the quote that ends it: `name` is not found in `names`. */
  readonly #names: readonly Uint8Array[];
  /** The first four bytes of each, which already tell nearly all apart. */
  readonly #beginnings: Int32Array;

  /** @param names ASCII, without what JSON escapes, at least three characters each */
  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(`${name}"`));
    this.#beginnings = Int32Array.from(this.#names, (name) => beginningAt(name, 0));
  }

  /** Of which name the first character stands at `at`; -1 where of none. */
  indexAt(bytes: Uint8Array, at: number): number {
    const beginning = beginningAt(bytes, at);
    const beginnings = this.#beginnings;
    for (let index = 0; index < beginnings.length; index++) {
      if (beginnings[index] === beginning && standsAt(this.#names[index] as Uint8Array, bytes, at))
        return index;
    }
    return -1;
  }

  /** In bytes. */
  lengthOf(index: number): number {
    return (this.#names[index] as Uint8Array).length - 1;
  }
}

const BEGINNING_BYTES = 4;

const beginningAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

function standsAt(name: Uint8Array, bytes: Uint8Array, at: number): boolean {
  const { length } = name;
  for (let next = BEGINNING_BYTES; next < length; next++) if (bytes[at + next] !== name[next]) return false;
  return true;
}
