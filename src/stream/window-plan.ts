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

/** How many events there are in a millisecond, from `atMs` on; 0 = there was nothing. */
interface Sighting {
  readonly atMs: number;
  readonly density: number;
}

/** Asana allows 50 GETs in flight for a token. */
const MOST_WINDOWS = 32;
const LEAST_WINDOWS = 2;
/** More than one process can take in: what is in flight beyond that only waits in memory. */
const MOST_REQUESTS_A_SECOND = 120;
const MOST_PAGES = 25;
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
export function windowsInFlight(
  { roundTripMs, trust }: Pace,
  { requestsPerMinute }: ReadAheadLimits,
): number {
  const budget = requestsPerMinute === 0 ? MOST_REQUESTS_A_SECOND : requestsPerMinute / 60;
  const busy = Math.ceil((Math.min(budget, MOST_REQUESTS_A_SECOND) * roundTripMs) / 1_000) + 1;
  return Math.min(trust, Math.max(LEAST_WINDOWS, Math.min(MOST_WINDOWS, busy)));
}

/** The first window of a span. Where nothing is known of it, all of it: its first page tells. */
export function firstWindow(span: Span, pace: Pace, limits: ReadAheadLimits): PlannedWindow {
  const { fromMs, toMs } = span;
  const density = densityAt(fromMs, pace);
  if (fromMs === undefined || density === 0) return { ...span, targetEvents: undefined };
  const targetEvents = eventsAWindow(density * (toMs - fromMs), pace, limits);
  const endMs = fromMs + Math.max(1, Math.ceil(targetEvents / density));
  // A rest that is smaller than half a window is not worth a proof of its own.
  const isRestSmall = (toMs - endMs) * density < targetEvents / 2;
  return { fromMs, toMs: isRestSmall ? toMs : endMs, targetEvents };
}

const densityAt = (timeMs: number | undefined, { sightings }: Pace): number =>
  sightings.findLast(({ atMs }) => timeMs !== undefined && atMs <= timeMs)?.density ?? 0;

function eventsAWindow(eventsLeft: number, pace: Pace, limits: ReadAheadLimits): number {
  const inFlight = windowsInFlight({ ...pace, trust: MOST_WINDOWS }, limits);
  // On average each is half read.
  const fitting = (2 * limits.maxHeldBytes) / (inFlight * Math.max(1, pace.pageBytes));
  // Smaller ones towards the end, so that all end at about the same time.
  const share = eventsLeft / pace.pageEvents / inFlight;
  const pages = Math.max(LEAST_PAGES, Math.min(share, fitting, MOST_PAGES));
  return Math.floor(pages) * pace.pageEvents;
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

export function learn(pace: Pace, window: PlannedWindow, page: PageSeen): Pace {
  const roundTripMs =
    pace.roundTripMs === 0
      ? page.roundTripMs
      : pace.roundTripMs + ROUND_TRIP_WEIGHT * (page.roundTripMs - pace.roundTripMs);
  const pageEvents = Math.max(pace.pageEvents, page.events);
  const pageBytes = Math.max(pace.pageBytes, page.bytes);
  const learnt = { ...pace, roundTripMs, pageEvents, pageBytes };
  const density = page.endsWindow ? densityOfWindow(window, page) : densityOfPage(page, learnt);
  if (density === undefined) return learnt;
  const atMs = page.endsWindow ? window.toMs : (page.reachedMs ?? window.toMs);
  const isFurthest = atMs >= (pace.sightings.at(-1)?.atMs ?? 0);
  const trust = isFurthest ? trustAfter(pace.trust, density, atMs, window, page) : pace.trust;
  return { ...learnt, trust, sightings: withSighting(pace.sightings, { atMs, density }) };
}

function withSighting(sightings: readonly Sighting[], sighting: Sighting): Sighting[] {
  const others = sightings.filter(({ atMs }) => atMs !== sighting.atMs);
  const place = others.findLastIndex(({ atMs }) => atMs < sighting.atMs) + 1;
  return others.toSpliced(place, 0, sighting).slice(-MOST_SIGHTINGS);
}

function trustAfter(
  trust: number,
  density: number,
  atMs: number,
  { targetEvents, toMs }: PlannedWindow,
  { endsWindow, windowEvents }: PageSeen,
): number {
  if (targetEvents === undefined) return trust;
  const expected = windowEvents + density * (toMs - atMs);
  if (expected > targetEvents / DISAPPOINTING) return Math.min(MOST_WINDOWS, trust * 4);
  return endsWindow ? 1 : trust;
}

/** Undefined where it was about what it was cut for: its pages have said it better, from nearer by. */
function densityOfWindow(window: PlannedWindow, page: PageSeen): number | undefined {
  const { fromMs, toMs, targetEvents } = window;
  if (targetEvents !== undefined && page.windowEvents > targetEvents / DISAPPOINTING) return undefined;
  return page.windowEvents / Math.max(1, toMs - (fromMs ?? page.firstMs ?? toMs));
}

/** A window with so much less than it was cut for says that there is less here. */
const DISAPPOINTING = 8;

/** A page that is not full says less of how much there is than of where it ends. */
function densityOfPage({ events, firstMs, reachedMs }: PageSeen, { pageEvents }: Pace): number | undefined {
  if (events === 0 || events < pageEvents || firstMs === undefined || reachedMs === undefined)
    return undefined;
  return events / (Math.max(0, reachedMs - firstMs) + 1);
}

/**
 * What of a window is better left to other windows, after a page that does not end it: it has much more than it was cut for,
 * and would be read for long while the others wait for their turn. Undefined where it is about right.
 */
export function surplus(
  window: PlannedWindow,
  page: PageSeen,
  pace: Pace,
  limits: ReadAheadLimits,
): Span | undefined {
  const { reachedMs } = page;
  const density = densityOfPage(page, pace);
  // A rest that begins where the window does would be the same window again.
  if (reachedMs === undefined || density === undefined || reachedMs <= (window.fromMs ?? -1))
    return undefined;
  const restMs = window.toMs - reachedMs;
  const target = window.targetEvents ?? eventsAWindow(density * restMs, pace, limits);
  return density * restMs > 2 * target ? { fromMs: reachedMs, toMs: window.toMs } : undefined;
}
