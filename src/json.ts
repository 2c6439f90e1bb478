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
const SUSPICIOUS_NUMBER = /[:[,](?<!\w:|::)\s*-?(?:9\d{15}|\d[\d.]{16}|\d[\d.]*[eE]|(?<=-)0)/;
/** Of a text that is a number and nothing else. */
const NUMBER = /^\s*[-\d]/;

export const isRawJson = (value: unknown): value is RawJson => rawJsonApi.isRawJSON(value);

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);

/** `JSON.parse`, but a number that would be printed with another value comes back as {@link RawJson}. Throws SyntaxError, and RangeError on nesting that is too deep for the stack. */
export function parseJson(text: string): JsonValue {
  if (!SUSPICIOUS_NUMBER.test(text) && !NUMBER.test(text)) return JSON.parse(text);
  return rawJsonApi.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isExact(value, source)
      ? rawJsonApi.rawJSON(source)
      : value,
  );
}

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
