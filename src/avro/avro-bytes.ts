import { utf8Bytes, writeUtf8 } from '../utf8.ts';

const FIRST_BYTES = 1024 * 1024;
/** Of any number: what a varint of 64 bits takes. */
const MOST_VARINT_BYTES = 10;
/** Fewer are copied one by one: the call of native code takes as long as some thirty. */
const SHORT_OCTETS = 32;
const NULL_BRANCH = 0;
/** 1, as a varint: of a union with null, null is always the first. */
const VALUE_BRANCH = 2;

/** Avro's primitives, one behind the other, in memory that grows with them and is used again. */
export class AvroBytes {
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Forgets what stands behind. */
  cutTo(sizeBytes: number): void {
    this.#sizeBytes = sizeBytes;
  }

  /** Leaves room, in which anything may stand. */
  skip(bytes: number): void {
    this.#reserve(bytes);
    this.#sizeBytes += bytes;
  }

  /** From 0 to 2^53 - 1, as nothing of ours is negative; throws where it is anything else. */
  long(value: number): void {
    if (!(value >= 0 && Number.isSafeInteger(value))) throw new RangeError(`${value} cannot be written`);
    this.#reserve(MOST_VARINT_BYTES);
    this.#varint(2 * value);
  }

  /** Throws where it is no text. */
  text(value: string): void {
    if (typeof value !== 'string') throw new TypeError(`${value} cannot be written as a text`);
    const length = utf8Bytes(value);
    this.#reserve(MOST_VARINT_BYTES + length);
    this.#varint(2 * length);
    this.#sizeBytes = writeUtf8(this.#memory, this.#sizeBytes, value);
  }

  /** The text whose UTF-8 is there already. */
  octets(from: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#reserve(MOST_VARINT_BYTES + length);
    this.#varint(2 * length);
    if (length >= SHORT_OCTETS) this.#sizeBytes += from.copy(this.#memory, this.#sizeBytes, start, end);
    else {
      const memory = this.#memory;
      let at = this.#sizeBytes;
      for (let next = start; next < end; next++) memory[at++] = from[next] as number;
      this.#sizeBytes = at;
    }
  }

  optionalText(value: string | null): void {
    if (this.isThere(value)) this.text(value);
  }

  /** Says which of the two it is, of a union with null. The value itself comes next. */
  isThere<T>(value: T | null): value is T {
    this.branch(value !== null);
    return value !== null;
  }

  /** The same, of what is not at hand. */
  branch(isThere: boolean): void {
    this.#reserve(1);
    this.#memory[this.#sizeBytes++] = isThere ? VALUE_BRANCH : NULL_BRANCH;
  }

  /** A map is blocks of pairs, each behind their number; a block of none ends it. */
  map(pairs: readonly (readonly [string, string])[]): void {
    if (pairs.length > 0) this.#pairs(pairs);
    this.#reserve(1);
    this.#memory[this.#sizeBytes++] = 0;
  }

  #pairs(pairs: readonly (readonly [string, string])[]): void {
    this.long(pairs.length);
    for (const [name, text] of pairs) {
      this.text(name);
      this.text(text);
    }
  }

  /** All of it, in memory of its own. */
  copy(): Buffer<ArrayBuffer> {
    const copy = Buffer.allocUnsafeSlow(this.#sizeBytes);
    this.#memory.copy(copy, 0, 0, this.#sizeBytes);
    return copy;
  }

  /** By division: a time does not fit into 32 bits. */
  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#memory[this.#sizeBytes++] = (rest & 127) | 128;
    this.#memory[this.#sizeBytes++] = rest;
  }

  #reserve(bytes: number): void {
    const leastBytes = this.#sizeBytes + bytes;
    if (leastBytes <= this.#memory.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(leastBytes, 2 * this.#memory.length));
    this.#memory.copy(grown, 0, 0, this.#sizeBytes);
    this.#memory = grown;
  }
}
