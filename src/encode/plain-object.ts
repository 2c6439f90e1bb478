import type { AvroBytes } from '../avro/avro-bytes.ts';
import { isMapKey, leftoverText } from '../avro/leftovers.ts';
import { parseJson } from '../json.ts';
import { JsonNames } from './json-names.ts';
import {
  afterCharacters,
  afterSpace,
  afterString,
  afterValue,
  afterVerbatim,
  BACKSLASH,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  NOT_PLAIN,
  OPEN_OBJECT,
  QUOTE,
} from './json-scan.ts';

/** What a record has a field for. Where that is a number, no value is plain: it may be one that the field does not hold. */
export interface Property {
  readonly name: string;
  readonly holds: 'text' | 'number' | PlainObject;
}

/** In the place of a start. */
const ABSENT = -1;
const LEFT_OVER = -2;
/** In the place of an end: the text is not there as it is meant, it has escapes. */
const ESCAPED = -1;

/** Each is compared with all before it. */
const MOST_LEFTOVERS = 30;

/** An object of an event, read into the same memory each time: where in the JSON its texts are, by property. */
export class PlainObject {
  readonly #names: JsonNames;
  readonly #properties: readonly Property[];
  readonly #objects: readonly (PlainObject | undefined)[];
  readonly #isText: readonly boolean[];
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #escaped: string[] = [];
  /** Names and JSON texts. */
  #leftovers: (readonly [string, string])[] = [];

  /** @param properties in the order of the schema */
  constructor(properties: readonly Property[]) {
    this.#names = new JsonNames(properties.map(({ name }) => name));
    this.#properties = properties;
    this.#objects = properties.map(({ holds }) => (holds instanceof PlainObject ? holds : undefined));
    this.#isText = properties.map(({ holds }) => holds === 'text');
    this.#starts = new Int32Array(properties.length);
    this.#ends = new Int32Array(properties.length);
  }

  /** Behind the object whose brace stands at `at`, or NOT_PLAIN. */
  read(bytes: Buffer, at: number): number {
    this.#clear();
    let next = afterSpace(bytes, at + 1);
    if (bytes[next] === CLOSE_OBJECT) return next + 1;
    for (;;) {
      if (bytes[next] !== QUOTE) return NOT_PLAIN;
      next = this.#readMember(bytes, next + 1);
      if (next === NOT_PLAIN) return NOT_PLAIN;
      next = afterSpace(bytes, next);
      const behind = bytes[next];
      if (behind === CLOSE_OBJECT) return next + 1;
      if (behind !== COMMA) return NOT_PLAIN;
      next = afterSpace(bytes, next + 1);
    }
  }

  /** Where the text of the property of that number begins; negative where it has none that is there as it is meant. */
  startOf(index: number): number {
    return this.#ends[index] === ESCAPED ? ABSENT : (this.#starts[index] as number);
  }

  endOf(index: number): number {
    return this.#ends[index] as number;
  }

  /** As a record, from the property of that number on. */
  write(bytes: Buffer, to: AvroBytes, first: number): void {
    for (let index = first; index < this.#starts.length; index++) {
      const start = this.#starts[index] as number;
      to.branch(start >= 0);
      if (start >= 0) this.#writeProperty(bytes, to, index, start);
    }
    to.map(this.#leftovers);
  }

  #writeProperty(bytes: Buffer, to: AvroBytes, index: number, start: number): void {
    const object = this.#objects[index];
    const end = this.#ends[index] as number;
    if (object !== undefined) object.write(bytes, to, 0);
    else if (end === ESCAPED) to.text(this.#escaped[index] as string);
    else to.octets(bytes, start, end);
  }

  #clear(): void {
    const starts = this.#starts;
    for (let index = 0; index < starts.length; index++) starts[index] = ABSENT;
    if (this.#leftovers.length > 0) this.#leftovers = [];
  }

  /** @param at within the quotes of its name */
  #readMember(bytes: Buffer, at: number): number {
    const index = this.#names.indexAt(bytes, at);
    const nameEnd = index === -1 ? afterCharacters(bytes, at) : at + this.#names.lengthOf(index);
    const colon = afterSpace(bytes, nameEnd + 1);
    if (bytes[nameEnd] !== QUOTE || bytes[colon] !== COLON) return NOT_PLAIN;
    const start = afterSpace(bytes, colon + 1);
    if (index === -1) return this.#readLeftover(bytes, bytes.toString('utf8', at, nameEnd), start);
    // Of two with one name, the last counts.
    if (this.#starts[index] !== ABSENT) return NOT_PLAIN;
    const first = bytes[start];
    if (first === QUOTE && this.#isText[index]) {
      const end = afterCharacters(bytes, start + 1);
      this.#starts[index] = start + 1;
      this.#ends[index] = end;
      return bytes[end] === QUOTE ? end + 1 : this.#readEscaped(bytes, index, start, end);
    }
    const object = this.#objects[index];
    if (first === OPEN_OBJECT && object !== undefined) {
      this.#starts[index] = start;
      return object.read(bytes, start);
    }
    return this.#readUnheld(bytes, index, start);
  }

  #readUnheld(bytes: Buffer, index: number, start: number): number {
    const { name, holds } = this.#properties[index] as Property;
    if (holds === 'number') return NOT_PLAIN;
    this.#starts[index] = LEFT_OVER;
    return this.#readLeftover(bytes, name, start);
  }

  #readEscaped(bytes: Buffer, index: number, start: number, escapeAt: number): number {
    if (bytes[escapeAt] !== BACKSLASH) return NOT_PLAIN;
    const end = afterString(bytes, start);
    const text: string = JSON.parse(bytes.toString('utf8', start, end));
    this.#escaped[index] = text;
    this.#ends[index] = ESCAPED;
    return text.isWellFormed() ? end : NOT_PLAIN;
  }

  #isLeftOver(name: string): boolean {
    return this.#leftovers.some(([other]) => other === name);
  }

  #readLeftover(bytes: Buffer, name: string, start: number): number {
    if (!isPlainName(name) || this.#leftovers.length === MOST_LEFTOVERS || this.#isLeftOver(name)) {
      return NOT_PLAIN;
    }
    const verbatimEnd = afterVerbatim(bytes, start);
    const isVerbatim = verbatimEnd !== NOT_PLAIN;
    const end = isVerbatim ? verbatimEnd : afterValue(bytes, start);
    const json = bytes.toString('utf8', start, end);
    const text = isVerbatim ? json : exactText(name, json);
    if (text === undefined) return NOT_PLAIN;
    this.#leftovers.push([name, text]);
    return end;
  }
}

/** Objects of JavaScript have names that are numbers before all others. */
const isPlainName = (name: string): boolean => isMapKey(name) && !/^\d/.test(name);

/** As `JSON.stringify` prints it; undefined where that does not hold it exactly. */
function exactText(name: string, json: string): string | undefined {
  const findings = { isInexact: false, isTooDeep: false };
  const text = leftoverText(name, parseJson(json), findings);
  return findings.isInexact || findings.isTooDeep ? undefined : text;
}
