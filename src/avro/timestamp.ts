/**
 * RFC 3339 date-times to milliseconds since 1970, strictly: `Date.parse` takes 2026-02-30 for a day in March, local
 * times for UTC, and a good deal more that no API should be believed to mean.
 */

const CANONICAL_LENGTH = '1970-01-01T00:00:00.000Z'.length;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAY_MS = 86_400_000;

/**
 * The time in a text of exactly the form that `Date.prototype.toISOString` prints, from 1970 to 9999, so that the number
 * alone gives the text back; NaN for every other text.
 */
export function readCanonicalTime(text: string): number {
  const bytes = Buffer.from(text);
  return canonicalTimeAt(bytes, 0, bytes.length);
}

/** The same, where the text is there as bytes. Called for every event, hence no regular expression. */
export function canonicalTimeAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== CANONICAL_LENGTH || !hasCanonicalPunctuation(bytes, start)) return Number.NaN;
  const year = readDigits(bytes, start, 4);
  const month = readDigits(bytes, start + 5, 2);
  const day = readDigits(bytes, start + 8, 2);
  const hour = readDigits(bytes, start + 11, 2);
  const minute = readDigits(bytes, start + 14, 2);
  const second = readDigits(bytes, start + 17, 2);
  const millisecond = readDigits(bytes, start + 20, 3);
  // Every comparison with NaN is false, so a text with a letter among the digits fails here.
  const exists =
    year >= 1970 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    millisecond <= 999;
  return exists
    ? daysBefore(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond
    : Number.NaN;
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

const [HYPHEN, COLON, FULL_STOP, T, Z] = [0x2d, 0x3a, 0x2e, 0x54, 0x5a];

function hasCanonicalPunctuation(bytes: Uint8Array, start: number): boolean {
  return (
    bytes[start + 4] === HYPHEN &&
    bytes[start + 7] === HYPHEN &&
    bytes[start + 10] === T &&
    bytes[start + 13] === COLON &&
    bytes[start + 16] === COLON &&
    bytes[start + 19] === FULL_STOP &&
    bytes[start + 23] === Z
  );
}

function readDigits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const digit = (bytes[index] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Since 1970, of a day that exists. `Date.UTC` takes as long as all else of a time. */
function daysBefore(year: number, month: number, day: number): number {
  const leapDay = month > 2 && isLeapYear(year) ? 1 : 0;
  return (
    365 * (year - 1970) +
    leapYearsBefore(year) -
    leapYearsBefore(1970) +
    (DAYS_BEFORE_MONTH[month - 1] ?? Number.NaN) +
    leapDay +
    day -
    1
  );
}

const leapYearsBefore = (year: number): number =>
  Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400);

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** NaN for a month that does not exist. */
function daysIn(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? Number.NaN);
}
