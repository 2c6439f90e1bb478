/**
 * RFC 3339 date-times to milliseconds since 1970, strictly: `Date.parse` takes 2026-02-30 for a day in March, local
 * times for UTC, and a good deal more that no API should be believed to mean.
 */

const CANONICAL_LENGTH = '1970-01-01T00:00:00.000Z'.length;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The time in a text of exactly the form that `Date.prototype.toISOString` prints, from 1970 to 9999, so that the number
 * alone gives the text back; NaN for every other text. Called for every event, hence no regular expression.
 */
export function readCanonicalTime(text: string): number {
  if (text.length !== CANONICAL_LENGTH || !hasCanonicalPunctuation(text)) return Number.NaN;
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 2);
  const day = readDigits(text, 8, 2);
  const hour = readDigits(text, 11, 2);
  const minute = readDigits(text, 14, 2);
  const second = readDigits(text, 17, 2);
  const millisecond = readDigits(text, 20, 3);
  // Every comparison with NaN is false, so a text with a letter among the digits fails here.
  const exists =
    year >= 1970 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    millisecond <= 999;
  return exists ? Date.UTC(year, month - 1, day, hour, minute, second, millisecond) : Number.NaN;
}

const RFC_3339 =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/**
 * The time in any RFC 3339 date-time, fractions of a millisecond cut off, negative before 1970; NaN where the text is
 * none, names a day that does not exist, has no time zone, or names a leap second.
 */
export function readRfc3339Time(text: string): number {
  const match = RFC_3339.exec(text);
  if (match === null) return Number.NaN;
  const [, date, time, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const local = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const localMs = Date.parse(local);
  if (Number.isNaN(localMs) || new Date(localMs).toISOString() !== local) return Number.NaN;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs;
}

function hasCanonicalPunctuation(text: string): boolean {
  return (
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === '.' &&
    text[23] === 'Z'
  );
}

function readDigits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** NaN for a month that does not exist. */
function daysIn(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (DAYS_IN_MONTH[month - 1] ?? Number.NaN);
}
