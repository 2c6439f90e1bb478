/**
 * How the past is cut into windows that are read side by side. Pure.
 *
 * Each window costs one request more than it has pages, because only an empty page proves its end. So windows are large; but
 * not so large that the memory for what is read ahead would not hold them, or that the last of them is waited for alone.
 */

/** A part of the past that is in no window yet: `[fromMs, toMs)`, from the oldest event where there is no start. */
export interface Span {
  readonly fromMs: number | undefined;
  readonly toMs: number;
}

export interface PlannedWindow extends Span {
  /** What it was cut for; undefined where it is a look at how much there is. */
  readonly targetEvents: number | undefined;
}

export interface ReadAheadLimits {
  /** Of the token; 0 = unlimited. */
  readonly requestsPerMinute: number;
  /** Of the answers that are read and not committed. */
  readonly maxHeldBytes: number;
}

/** What the answers have shown so far. */
export interface Pace {
  /** Average, from when a request was let go to its answer. */
  readonly roundTripMs: number;
  /** Of the largest page: events, and bytes of JSON. */
  readonly pageEvents: number;
  readonly pageBytes: number;
  /** In time order, the last of them. */
  readonly sightings: readonly Sighting[];
  /** How many windows the last sighting is good for: one that was disappointing says that it holds no longer. */
  readonly trust: number;
}

/** How many events there are in a millisecond up to `atMs`, on an average of `lengthMs`; 0 = there was nothing. */
interface Sighting {
  readonly atMs: number;
  readonly density: number;
  readonly lengthMs: number;
}

/** Asana allows 50 GETs in flight for a token. */
const MOST_WINDOWS = 32;
const LEAST_WINDOWS = 2;
/** More than one process can take in: what is in flight beyond that only waits in memory. */
const MOST_REQUESTS_A_SECOND = 120;
const MOST_PAGES = 20;
const LEAST_PAGES = 4;

// A window that is still read far behind the others is to know its own density.
const MOST_SIGHTINGS = 2 * MOST_WINDOWS;

export const NO_PACE: Pace = {
  roundTripMs: 0,
  pageEvents: 0,
  pageBytes: 0,
  sightings: [],
  trust: MOST_WINDOWS,
};

/** By Little's law: as many as keep the budget busy for a round trip, and one that is at its end. */
export function windowsInFlight({ roundTripMs }: Pace, { requestsPerMinute }: ReadAheadLimits): number {
  const budget = requestsPerMinute === 0 ? MOST_REQUESTS_A_SECOND : requestsPerMinute / 60;
  const busy = Math.ceil((Math.min(budget, MOST_REQUESTS_A_SECOND) * roundTripMs) / 1_000) + 1;
  return Math.max(LEAST_WINDOWS, Math.min(MOST_WINDOWS, busy));
}

/** What is worth holding: where answers come at once, reading far ahead wins nothing. */
export const usefulBytes = (pace: Pace, limits: ReadAheadLimits): number =>
  pace.pageBytes === 0
    ? limits.maxHeldBytes
    : Math.min(limits.maxHeldBytes, windowsInFlight(pace, limits) * MOST_PAGES * pace.pageBytes);

/**
 * The first window of a span. Where nothing is known of it, all of it: its first page tells.
 *
 * @param endMs of all that is to be read
 */
export function firstWindow(span: Span, pace: Pace, limits: ReadAheadLimits, endMs: number): PlannedWindow {
  const { fromMs, toMs } = span;
  const density = densityAt(fromMs, pace);
  if (fromMs === undefined || density === 0) return { ...span, targetEvents: undefined };
  const eventsLeft = density * (toMs - fromMs);
  const pages = toMs === endMs ? pagesTowardsTheEnd(eventsLeft, pace, limits) : pagesAWindow(pace, limits);
  const targetEvents = pages * pace.pageEvents;
  // A rest that is smaller than half a window is not worth a proof of its own.
  if (eventsLeft < 1.5 * targetEvents) return { fromMs, toMs, targetEvents };
  return { fromMs, toMs: fromMs + Math.max(1, Math.ceil(targetEvents / density)), targetEvents };
}

const densityAt = (timeMs: number | undefined, pace: Pace): number =>
  timeMs === undefined ? 0 : (sightingAt(timeMs, pace)?.density ?? 0);

const sightingAt = (timeMs: number, { sightings }: Pace): Sighting | undefined =>
  sightings.findLast(({ atMs }) => atMs <= timeMs);

function pagesAWindow(pace: Pace, limits: ReadAheadLimits): number {
  const inFlight = windowsInFlight(pace, limits);
  // On average each is half read.
  const fitting = (2 * limits.maxHeldBytes) / (inFlight * Math.max(1, pace.pageBytes));
  return Math.max(LEAST_PAGES, Math.min(MOST_PAGES, Math.floor(fitting)));
}

/** Smaller ones, so that all end at about the same time. */
function pagesTowardsTheEnd(eventsLeft: number, pace: Pace, limits: ReadAheadLimits): number {
  const inFlight = windowsInFlight(pace, limits);
  const share = Math.floor(eventsLeft / pace.pageEvents / inFlight);
  return Math.max(LEAST_PAGES, Math.min(share, pagesAWindow(pace, limits)));
}

/** One page of a window, and what the window has shown with it. */
export interface PageSeen {
  readonly events: number;
  readonly bytes: number;
  readonly roundTripMs: number;
  readonly firstMs: number | undefined;
  /** Where the window is, of its events that are not dated in the future. */
  readonly reachedMs: number | undefined;
  /** All pages of the window together. */
  readonly windowEvents: number;
  /** The page that shows that there is nothing else. */
  readonly endsWindow: boolean;
}

const ROUND_TRIP_WEIGHT = 0.2;

/** @param rest what {@link surplus} says of the page */
export function learn(pace: Pace, window: PlannedWindow, page: PageSeen, rest: Span | undefined): Pace {
  const roundTripMs =
    pace.roundTripMs === 0
      ? page.roundTripMs
      : pace.roundTripMs + ROUND_TRIP_WEIGHT * (page.roundTripMs - pace.roundTripMs);
  const pageEvents = Math.max(pace.pageEvents, page.events);
  const pageBytes = Math.max(pace.pageBytes, page.bytes);
  const learnt = { ...pace, roundTripMs, pageEvents, pageBytes };
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
function densityOf({ events, firstMs, reachedMs }: PageSeen): number {
  if (events === 0 || firstMs === undefined || reachedMs === undefined) return 0;
  return events / (Math.max(0, reachedMs - firstMs) + 1);
}

/** Of a window, as far as it is read: events a millisecond. */
function averageOf({ fromMs }: PlannedWindow, { windowEvents, firstMs, reachedMs }: PageSeen): number {
  const startMs = fromMs ?? firstMs;
  if (startMs === undefined || reachedMs === undefined) return 0;
  return windowEvents / (Math.max(0, reachedMs - startMs) + 1);
}

/**
 * What of a window is better left to other windows, after a page that does not end it: it has much more than it was cut for,
 * and would be read for long while the others wait for their turn. Undefined where it is about right. It costs no proof: what
 * is left begins where the page ended.
 */
export function surplus(window: PlannedWindow, page: PageSeen, pace: Pace): Span | undefined {
  const { reachedMs } = page;
  // A page that is not full says less of how much there is than of where it ends.
  if (reachedMs === undefined || page.events < pace.pageEvents) return undefined;
  // A rest that begins where the window does would be the same window again.
  if (reachedMs <= (window.fromMs ?? -1)) return undefined;
  const restMs = window.toMs - reachedMs;
  const { targetEvents } = window;
  if (targetEvents === undefined) {
    const isMuch = densityOf(page) * restMs > 2 * LEAST_PAGES * pace.pageEvents;
    return isMuch ? { fromMs: reachedMs, toMs: window.toMs } : undefined;
  }
  // The busier of the two: it may be a night that the average began with.
  const expected = page.windowEvents + Math.max(averageOf(window, page), densityOf(page)) * restMs;
  return expected > 1.5 * targetEvents ? { fromMs: reachedMs, toMs: window.toMs } : undefined;
}
