/**
 * Where in the UTF-8 of JSON something ends. Positions go from the first byte. Whether what lies between is JSON is not said, but where it
 * says so.
 */

const SPACE = 0x20;
const [TAB, LINE_FEED, CARRIAGE_RETURN] = [0x09, 0x0a, 0x0d];
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const NULL = Buffer.from('null');

/** In the place of a position. */
export const NOT_PLAIN = -1;

/** The first byte that is no white space, from `at` on. */
export function afterSpace(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  return byte === undefined || byte > SPACE ? at : afterSpaces(bytes, at);
}

function afterSpaces(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isSpace(bytes[next])) next++;
  return next;
}

/**
 * From within a string, the first byte that is not one of its characters: the quote that ends it, a backslash, or what may not stand in a
 * string; the end of all where there is none.
 */
export function afterCharacters(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  let next = at;
  for (; next < length; next++) {
    const byte = bytes[next] as number;
    if (byte === QUOTE || byte < SPACE || byte === BACKSLASH) break;
  }
  return next;
}

/** Behind the string whose opening quote stands at `at`. */
export function afterString(bytes: Uint8Array, at: number): number {
  let next = afterCharacters(bytes, at + 1);
  while (bytes[next] === BACKSLASH) next = afterCharacters(bytes, next + 2);
  return next + 1;
}

/**
 * Behind the value that begins at `at` if it is one that `JSON.stringify` prints just as it stands there: `null`, a string without
 * escapes, or a list of such strings. NOT_PLAIN where it may be another one, or none.
 */
export function afterVerbatim(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return afterPlainString(bytes, at);
  return first === OPEN_ARRAY ? afterPlainStrings(bytes, at) : afterNull(bytes, at);
}

function afterPlainString(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return NOT_PLAIN;
  const end = afterCharacters(bytes, at + 1);
  return bytes[end] === QUOTE ? end + 1 : NOT_PLAIN;
}

function afterPlainStrings(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] === CLOSE_ARRAY) return at + 2;
  let next = at;
  do next = afterPlainString(bytes, next + 1);
  while (bytes[next] === COMMA);
  return bytes[next] === CLOSE_ARRAY ? next + 1 : NOT_PLAIN;
}

const afterNull = (bytes: Uint8Array, at: number): number =>
  NULL.every((byte, index) => bytes[at + index] === byte) ? at + NULL.length : NOT_PLAIN;

/** Behind the value that begins at `at`, if it is one. */
export function afterValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return afterString(bytes, at);
  return first === OPEN_OBJECT || first === OPEN_ARRAY ? afterNested(bytes, at) : afterScalar(bytes, at);
}

function afterNested(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let next = at;
  while (next < bytes.length) {
    const byte = bytes[next];
    next = byte === QUOTE ? afterString(bytes, next) : next + 1;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) break;
  }
  return next;
}

function afterScalar(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && !endsScalar(bytes[next])) next++;
  return next;
}

const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;

const endsScalar = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte);
