const FIRST_BYTES = 1024 * 1024;
/** Of any number: what a varint of 64 bits takes. */
const MOST_VARINT_BYTES = 10;
/** Shorter texts are copied unit by unit: the two calls of native code take as long as twenty-odd units. */
const SHORT_UNITS = 24;
const NULL_BRANCH = 0;
/** 1, as a varint: of a union with null, null is always the first. */
const VALUE_BRANCH = 2;

/**
 * How the bytes of a text are told from its characters: `utf8` for texts, `latin1` for those that have a character for each byte of their
 * UTF-8 already.
 */
export type TextEncoding = 'utf8' | 'latin1';

/** Avro's primitives, one behind the other, in memory that grows with them and is used again. */
export class AvroBytes {
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #sizeBytes = 0;
  readonly #encoding: TextEncoding;
  /** Up to which a character is its own byte. */
  readonly #lastUnit: number;
  readonly #mostBytesAUnit: number;

  constructor(encoding: TextEncoding) {
    this.#encoding = encoding;
    this.#lastUnit = encoding === 'utf8' ? 0x7f : 0xff;
    this.#mostBytesAUnit = encoding === 'utf8' ? 3 : 1;
  }

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
    this.#reserve(MOST_VARINT_BYTES + this.#mostBytesAUnit * value.length);
    if (value.length < SHORT_UNITS && this.#units(value)) return;
    this.#varint(2 * Buffer.byteLength(value, this.#encoding));
    this.#sizeBytes += this.#memory.write(value, this.#sizeBytes, this.#encoding);
  }

  optionalText(value: string | null): void {
    if (this.isThere(value)) this.text(value);
  }

  /** Says which of the two it is, of a union with null. The value itself comes next. */
  isThere<T>(value: T | null): value is T {
    this.#reserve(1);
    this.#memory[this.#sizeBytes++] = value === null ? NULL_BRANCH : VALUE_BRANCH;
    return value !== null;
  }

  /** All of it, in memory of its own. */
  copy(): Buffer<ArrayBuffer> {
    const copy = Buffer.allocUnsafeSlow(this.#sizeBytes);
    this.#memory.copy(copy, 0, 0, this.#sizeBytes);
    return copy;
  }

  /** False, with nothing written, where a character is not its own byte. */
  #units(value: string): boolean {
    const memory = this.#memory;
    const lastUnit = this.#lastUnit;
    let at = this.#sizeBytes;
    memory[at++] = 2 * value.length;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit > lastUnit) return false;
      memory[at++] = unit;
    }
    this.#sizeBytes = at;
    return true;
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
