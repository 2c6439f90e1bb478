import { eventsAWeekBefore, isWeekly, type Rhythm, timeByTheWeekBefore } from './rhythm.ts';

/** A time of which it is known how many events it has. */
export interface Known {
  readonly fromMs: number;
  readonly toMs: number;
  readonly events: number;
}

/** How much there will be. Times in epoch milliseconds. */
export interface Forecast {
  /** In `[fromMs, toMs)`. */
  events(fromMs: number, toMs: number): number;
  /** When so many events behind `fromMs` will have come, at the latest `endMs`. */
  timeOf(fromMs: number, events: number, endMs: number): number;
}

/**
 * By the week before, where that tells, at the level at which `known` is above or below its own week before; otherwise by an
 * average. Pure.
 *
 * @param density that average, in events a millisecond
 */
export function forecastFrom(rhythm: Rhythm, known: Known, density: number): Forecast {
  const before = isWeekly(rhythm) ? eventsAWeekBefore(rhythm, known.fromMs, known.toMs) : undefined;
  const average: Forecast = {
    events: (fromMs, toMs) => density * (toMs - fromMs),
    timeOf: (fromMs, events, endMs) => Math.min(endMs, fromMs + Math.ceil(events / density)),
  };
  if (!before || known.events === 0) return average;
  const level = known.events / before;
  return {
    events: (fromMs, toMs) => {
      const events = eventsAWeekBefore(rhythm, fromMs, toMs);
      return events === undefined ? average.events(fromMs, toMs) : level * events;
    },
    timeOf: (fromMs, events, endMs) =>
      timeByTheWeekBefore(rhythm, fromMs, events / level, endMs) ?? average.timeOf(fromMs, events, endMs),
  };
}
