/**
 * JSON that loses nothing: numbers that a double cannot hold keep their source text.
 *
 * `JSON.rawJSON` and the reviver's `source` are ECMAScript's "JSON.parse source text access" (in Node since 22).
 */

export type JsonPrimitive = null | boolean | number | string;
export type JsonValue = JsonPrimitive | JsonValue[] | JsonObject | RawJson;
export type JsonObject = { [name: string]: JsonValue };

/** A number kept as its source text; `JSON.stringify` prints exactly that text. */
// An interface, so that it is not taken for a JsonObject.
export interface RawJson {
  readonly rawJSON: string;
}

type RawJsonApi = {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
  parse(
    text: string,
    reviver: (name: string, value: JsonValue, context: { source?: string }) => JsonValue,
  ): JsonValue;
};
const rawJsonApi = JSON as unknown as RawJsonApi;

// 16 digits from 9 on, 17 or more, an exponent, or a negative zero: only such a text can mean a value that a double does not hold.
// Gids have 16 digits and begin with 1, and Asana sends some of them as numbers: they must not make the parse slow.
// It may match inside strings, which costs a slower parse and changes nothing. But not often: half of all pages hold an IPv6 address
// like 2001:db8::50ef:46, so a colon must not follow a letter, a digit, or a colon. One class at the beginning, and what must not
// stand before it behind that: with alternatives for each, the search took as long as the parse.
const BEFORE = String.raw`[:[,](?<!\w:|::)\s*`;
const BEGINNING = String.raw`-?(?:9\d{15}|\d[\d.]{16}|\d[\d.]*[eE]|(?<=-)0)`;
const SUSPICIOUS = new RegExp(BEFORE + BEGINNING);
const ALL_SUSPICIOUS = new RegExp(`(${BEFORE})(${BEGINNING}[\\d.eE+-]*)`, 'g');
/** Of a text that is a number and nothing else. */
const NUMBER = /^\s*[-\d]/;

export const isRawJson = (value: unknown): value is RawJson => rawJsonApi.isRawJSON(value);

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);

/** `JSON.parse`, but a number that would be printed with another value comes back as {@link RawJson}. Throws SyntaxError, and RangeError on nesting that is too deep for the stack. */
export function parseJson(text: string): JsonValue {
  if (NUMBER.test(text)) return parseEachNumber(text);
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  return parseInQuotes(text) ?? parseEachNumber(text);
}

/** Asks for the source of every number, which takes five times as long as `JSON.parse`. */
const parseEachNumber = (text: string): JsonValue =>
  rawJsonApi.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isExact(value, source)
      ? rawJsonApi.rawJSON(source)
      : value,
  );

/**
 * U+007F, which nobody sends. No JSON goes on with it behind a text: so what is put in quotes where it was within a text already, is none
 * any more.
 */
const MARK = '\x7f';
const SPELLINGS_OF_MARK = [MARK, '\\u007f', '\\u007F'];
/** Of more, most of them within texts perhaps, each is dearer than the parse that asks for all. */
const FEW = 2_000;

/** Puts the few that are not exact in quotes, and takes them out again. Undefined where that could mean something else. */
function parseInQuotes(text: string): JsonValue | undefined {
  if (SPELLINGS_OF_MARK.some((spelling) => text.includes(spelling))) return undefined;
  const quoted = inQuotes(text);
  if (quoted === undefined) return undefined;
  try {
    const value = JSON.parse(quoted.text);
    // Fewer where one stood in the place of a name, or had a namesake behind it.
    return unmark(value) === quoted.marks ? value : undefined;
  } catch {
    return undefined;
  }
}

function inQuotes(text: string): { readonly text: string; readonly marks: number } | undefined {
  const parts: string[] = [];
  let from = 0;
  let found = 0;
  // One at a time: `replace` finds all before it asks for the first.
  for (const { index, 0: all, 1: before = '', 2: number = '' } of text.matchAll(ALL_SUSPICIOUS)) {
    if (++found > FEW) return undefined;
    if (isExact(Number(number), number)) continue;
    parts.push(text.slice(from, index), `${before}"${MARK}${number}"`);
    from = index + all.length;
  }
  const marks = parts.length / 2;
  // Joined with the rest: put behind it, all would be copied twice.
  parts.push(text.slice(from));
  return { text: parts.join(''), marks };
}

/** Puts each marked number in the place of its text; says how many there were. */
function unmark(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Array.isArray(value) ? unmarkItems(value) : unmarkMembers(value as JsonObject);
}

function unmarkItems(array: JsonValue[]): number {
  let count = 0;
  for (const [at, item] of array.entries()) {
    const number = markedNumber(item);
    if (number === undefined) count += unmark(item);
    else {
      array[at] = number;
      count++;
    }
  }
  return count;
}

// Not one loop for both: an array in it makes it twice as slow.
function unmarkMembers(object: JsonObject): number {
  let count = 0;
  for (const name in object) {
    const member = object[name] as JsonValue;
    const number = markedNumber(member);
    if (number === undefined) count += unmark(member);
    else {
      object[name] = number;
      count++;
    }
  }
  return count;
}

const markedNumber = (value: JsonValue): RawJson | undefined =>
  typeof value === 'string' && value.startsWith(MARK)
    ? rawJsonApi.rawJSON(value.slice(MARK.length))
    : undefined;

// A longer text than any number needs: comparing it exactly could be made to take minutes.
const MAX_COMPARED_LENGTH = 400;

function isExact(value: number, source: string): boolean {
  if (source.length > MAX_COMPARED_LENGTH) return false;
  return Number.isFinite(value) && decimalOf(String(value)) === decimalOf(source);
}

/** One text for one value: its sign, its digits without zeros at either end, and the power of ten of the last. */
function decimalOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return `${sign}0`;
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}
