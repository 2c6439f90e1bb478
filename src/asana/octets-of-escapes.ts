const ESCAPE = '\\u';
const ESCAPE_UNITS = ESCAPE.length + 4;
const BACKSLASH = 0x5c;
const FIRST_BEYOND_ASCII = 0x80;

/**
 * Puts in the place of each escape that means a character beyond ASCII (`\u00e9`) a character for each byte of its UTF-8: what the text
 * would be had it been sent so, read as Latin-1. Undefined where half a surrogate pair stands alone, which has no UTF-8, or where there
 * are more than `most` of them.
 *
 * @param json its syntax need not be right: what is no escape is left as it is
 */
export function octetsOfEscapes(json: string, most: number): string | undefined {
  const parts: string[] = [];
  let from = 0;
  let found = 0;
  for (let at = nextEscape(json, 0); at !== -1; at = nextEscape(json, at)) {
    const start = at;
    // A pair is two escapes, so what stands together is read together.
    let meant = '';
    for (let unit = unitAt(json, at); unit >= FIRST_BEYOND_ASCII; unit = unitAt(json, at)) {
      if (++found > most) return undefined;
      meant += String.fromCharCode(unit);
      at += ESCAPE_UNITS;
    }
    if (meant === '') at += ESCAPE.length;
    else if (!meant.isWellFormed()) return undefined;
    else {
      parts.push(json.slice(from, start), Buffer.from(meant).toString('latin1'));
      from = at;
    }
  }
  if (from === 0) return json;
  parts.push(json.slice(from));
  return parts.join('');
}

/** Where the next one begins that is none of a backslash, with a `u` behind it. */
function nextEscape(json: string, from: number): number {
  let at = json.indexOf(ESCAPE, from);
  while (at !== -1 && isEscaped(json, at)) at = json.indexOf(ESCAPE, at + ESCAPE.length);
  return at;
}

function isEscaped(json: string, at: number): boolean {
  let before = at;
  while (json.charCodeAt(before - 1) === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}

/** The unit of UTF-16 that the escape at `at` means; NaN where there is none. */
function unitAt(json: string, at: number): number {
  if (!json.startsWith(ESCAPE, at)) return Number.NaN;
  let unit = 0;
  for (let digit = at + ESCAPE.length; digit < at + ESCAPE_UNITS; digit++) {
    unit = 16 * unit + hexDigit(json.charCodeAt(digit));
  }
  return unit;
}

/** NaN where it is none. */
function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lowerCase = unit | 0x20;
  return lowerCase >= 0x61 && lowerCase <= 0x66 ? lowerCase - 0x61 + 10 : Number.NaN;
}
