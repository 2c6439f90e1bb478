/**
 * The rhythm of a workplace: nights, weekends, a report every Monday. Where there is one, an hour is best told by the same hour of a
 * week before. Pure.
 */

/** Of what is read. */
export interface Rhythm {
  /** How many events, by hour since 1970. */
  readonly hours: ReadonlyMap<number, number>;
  /** From here on to `toMs` nothing is missing. */
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;
const WEEK_MS = WEEK_HOURS * HOUR_MS;
// Two weeks are compared. What is read ahead is another one or two where little happens; beyond that, an average does as well.
const KEPT_MS = 4 * WEEK_MS;
/** How much better than an average the week before has to be. */
const MOST_ERROR = 0.5;

export const NO_RHYTHM: Rhythm = {
  hours: new Map(),
  fromMs: Number.POSITIVE_INFINITY,
  toMs: Number.NEGATIVE_INFINITY,
};

export const hourOf = (timeMs: number): number => Math.floor(timeMs / HOUR_MS);

/**
 * @param hours of what was read just now
 * @param toMs to which nothing is missing now, where that is known
 */
export function withHours(rhythm: Rhythm, hours: ReadonlyMap<number, number>, toMs = rhythm.toMs): Rhythm {
  const keptFromMs = Math.max(rhythm.toMs, toMs) - KEPT_MS;
  const kept = new Map<number, number>();
  for (const [hour, events] of rhythm.hours) if (hour >= hourOf(keptFromMs)) kept.set(hour, events);
  for (const [hour, events] of hours) kept.set(hour, (kept.get(hour) ?? 0) + events);
  const beganMs = Math.min(rhythm.fromMs, ...[...hours.keys()].map((hour) => hour * HOUR_MS));
  return { hours: kept, fromMs: Math.max(beganMs, keptFromMs), toMs: Math.max(rhythm.toMs, toMs) };
}

/** Whether the last week that is read could have been told by the one before it, better than by an average. */
export function isWeekly({ hours, fromMs, toMs }: Rhythm): boolean {
  if (!(toMs - 2 * WEEK_MS >= fromMs)) return false;
  const week = (endHour: number) =>
    Array.from({ length: WEEK_HOURS }, (_, back) => hours.get(endHour - 1 - back) ?? 0);
  const last = week(hourOf(toMs));
  const before = week(hourOf(toMs) - WEEK_HOURS);
  const level = sum(last) / sum(before);
  const average = sum(last) / WEEK_HOURS;
  const errorByWeek = sum(last.map((events, hour) => Math.abs(events - level * (before[hour] ?? 0))));
  const errorByAverage = sum(last.map((events) => Math.abs(events - average)));
  // Not so where the week before was empty: then the level is infinite, or not a number.
  return errorByWeek < MOST_ERROR * errorByAverage;
}

/** How many events a time has, if it is as in the youngest week that is read; undefined where none is. */
export function eventsAWeekBefore(rhythm: Rhythm, fromMs: number, toMs: number): number | undefined {
  const weeks = Math.max(1, Math.ceil((toMs - rhythm.toMs) / WEEK_MS));
  const [startMs, endMs] = [fromMs - weeks * WEEK_MS, toMs - weeks * WEEK_MS];
  if (!(startMs >= rhythm.fromMs)) return undefined;
  let events = 0;
  for (let hour = hourOf(startMs); hour * HOUR_MS < endMs; hour++) {
    const coveredMs = Math.min(endMs, (hour + 1) * HOUR_MS) - Math.max(startMs, hour * HOUR_MS);
    events += ((rhythm.hours.get(hour) ?? 0) * coveredMs) / HOUR_MS;
  }
  return events;
}

/** When so many events have come, if it is as in that week, at the latest `endMs`; undefined where none is read. */
export function timeByTheWeekBefore(
  rhythm: Rhythm,
  fromMs: number,
  events: number,
  endMs: number,
): number | undefined {
  let left = events;
  for (let hourMs = fromMs; hourMs < endMs; hourMs += HOUR_MS) {
    const inHour = eventsAWeekBefore(rhythm, hourMs, hourMs + HOUR_MS);
    if (inHour === undefined) return undefined;
    if (inHour >= left) return Math.min(endMs, hourMs + Math.ceil((HOUR_MS * left) / inHour));
    left -= inHour;
  }
  return endMs;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
