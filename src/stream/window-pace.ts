/** What reading has taught of the source, for the windows to come. Pure. */

import { type Forecast, forecastFrom } from './forecast.ts';
import type { PageSeen } from './page-seen.ts';
import { NO_RHYTHM, type Rhythm, withHours } from './rhythm.ts';

/** A part of the past that is in no window yet: `[fromMs, toMs)`, from the oldest event where there is no start. */
export interface Span {
  readonly fromMs: number | undefined;
  readonly toMs: number;
}

export interface PlannedWindow extends Span {
  /** What it was cut for; undefined where it is a look at how much there is. */
  readonly targetEvents: number | undefined;
}

/** Asana allows 50 GETs in flight for a token. */
export const MOST_WINDOWS = 32;

/** What the answers have shown so far. */
export interface Pace {
  /** Average, from when a request was let go to its answer. */
  readonly roundTripMs: number;
  /** Of the largest page: events, and bytes of JSON. */
  readonly pageEvents: number;
  readonly pageBytes: number;
  /** In time order, the last of them. */
  readonly sightings: readonly Sighting[];
  readonly rhythm: Rhythm;
  /** How many windows the last sighting is good for: one that was disappointing says that it holds no longer. */
  readonly trust: number;
}

/** How many events there are in a millisecond up to `atMs`, on an average of `lengthMs`; 0 = there was nothing. */
interface Sighting {
  readonly atMs: number;
  readonly density: number;
  readonly lengthMs: number;
}

// A window that is still read far behind the others is to know its own density.
const MOST_SIGHTINGS = 2 * MOST_WINDOWS;

export const NO_PACE: Pace = {
  roundTripMs: 0,
  pageEvents: 0,
  pageBytes: 0,
  sightings: [],
  rhythm: NO_RHYTHM,
  trust: MOST_WINDOWS,
};

export const densityAt = (timeMs: number | undefined, pace: Pace): number =>
  timeMs === undefined ? 0 : (sightingAt(timeMs, pace)?.density ?? 0);

/** How much there will be from `timeMs` on, by what is known nearest before it; undefined where nothing is, or there was nothing. */
export function forecastAt(timeMs: number | undefined, pace: Pace): Forecast | undefined {
  const sighting = timeMs === undefined ? undefined : sightingAt(timeMs, pace);
  if (sighting === undefined || sighting.density === 0) return undefined;
  const { atMs, density, lengthMs } = sighting;
  return forecastFrom(
    pace.rhythm,
    { fromMs: atMs - lengthMs, toMs: atMs, events: density * lengthMs },
    density,
  );
}

const sightingAt = (timeMs: number, { sightings }: Pace): Sighting | undefined =>
  sightings.findLast(({ atMs }) => atMs <= timeMs);

const ROUND_TRIP_WEIGHT = 0.2;

/** @param rest what of the window is left to others, after the page */
export function learn(pace: Pace, window: PlannedWindow, page: PageSeen, rest: Span | undefined): Pace {
  const roundTripMs =
    pace.roundTripMs === 0
      ? page.roundTripMs
      : pace.roundTripMs + ROUND_TRIP_WEIGHT * (page.roundTripMs - pace.roundTripMs);
  const pageEvents = Math.max(pace.pageEvents, page.events);
  const pageBytes = Math.max(pace.pageBytes, page.bytes);
  const readToMs = page.endsWindow ? window.toMs : page.reachedMs;
  const rhythm = withHours(pace.rhythm, page.hours, page.isFirst ? readToMs : undefined);
  const learnt = { ...pace, roundTripMs, pageEvents, pageBytes, rhythm };
  const sighting = page.endsWindow ? sightWindow(pace, window, page) : rest && sightCut(window, page);
  const furthestMs = pace.sightings.at(-1)?.atMs ?? 0;
  const trust =
    (sighting?.atMs ?? page.reachedMs ?? 0) < furthestMs ? pace.trust : trustAfter(pace, window, page);
  return { ...learnt, trust, sightings: sighting ? withSighting(pace.sightings, sighting) : pace.sightings };
}

/**
 * An average over several windows: one alone may be a night or a weekend. But what is far below it is no such thing, and
 * begins anew.
 */
function sightWindow(pace: Pace, window: PlannedWindow, { windowEvents, firstMs }: PageSeen): Sighting {
  const { fromMs, toMs } = window;
  const ownMs = Math.max(1, toMs - (fromMs ?? firstMs ?? toMs));
  const own = { atMs: toMs, density: windowEvents / ownMs, lengthMs: ownMs };
  const before = fromMs === undefined ? undefined : sightingAt(fromMs, pace);
  if (before === undefined || window.targetEvents === undefined || isDisappointing(window, windowEvents))
    return own;
  const lengthMs = Math.min(before.lengthMs, WINDOWS_IN_AVERAGE * ownMs);
  const density = (before.density * lengthMs + windowEvents) / (lengthMs + ownMs);
  return { atMs: toMs, density, lengthMs: lengthMs + ownMs };
}

function sightCut(window: PlannedWindow, page: PageSeen): Sighting | undefined {
  const { reachedMs, firstMs } = page;
  if (reachedMs === undefined || firstMs === undefined) return undefined;
  const fromMs = window.targetEvents === undefined ? firstMs : (window.fromMs ?? firstMs);
  const density = window.targetEvents === undefined ? densityOf(page) : averageOf(window, page);
  return { atMs: reachedMs, density, lengthMs: reachedMs - fromMs + 1 };
}

const WINDOWS_IN_AVERAGE = 8;

function withSighting(sightings: readonly Sighting[], sighting: Sighting): Sighting[] {
  const others = sightings.filter(({ atMs }) => atMs !== sighting.atMs);
  const place = others.findLastIndex(({ atMs }) => atMs < sighting.atMs) + 1;
  return others.toSpliced(place, 0, sighting).slice(-MOST_SIGHTINGS);
}

function trustAfter({ trust }: Pace, window: PlannedWindow, { windowEvents, endsWindow }: PageSeen): number {
  if (window.targetEvents === undefined) return trust;
  if (!isDisappointing(window, windowEvents)) return Math.min(MOST_WINDOWS, trust * 4);
  return endsWindow ? 1 : trust;
}

/** So much less than it was cut for says that there is less here. */
const isDisappointing = ({ targetEvents = 0 }: PlannedWindow, windowEvents: number): boolean =>
  windowEvents < targetEvents / 32;

/** Of a page: events a millisecond; 0 where it has none. */
export function densityOf({ events, firstMs, reachedMs }: PageSeen): number {
  if (events === 0 || firstMs === undefined || reachedMs === undefined) return 0;
  return events / (Math.max(0, reachedMs - firstMs) + 1);
}

/** Of a window, as far as it is read: events a millisecond. */
export function averageOf({ fromMs }: PlannedWindow, { windowEvents, firstMs, reachedMs }: PageSeen): number {
  const startMs = fromMs ?? firstMs;
  if (startMs === undefined || reachedMs === undefined) return 0;
  return windowEvents / (Math.max(0, reachedMs - startMs) + 1);
}
