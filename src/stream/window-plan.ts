/**
 * How the past is cut into windows that are read side by side. Pure.
 *
 * Each window costs about half a request more than it has pages, because its last page is not full; and another one where only an
 * empty page proves its end. So windows are large; but not so large that the memory for what is read ahead would not hold them, or
 * that the last of them is waited for alone.
 */

import { forecastFrom } from './forecast.ts';
import type { PageSeen } from './page-seen.ts';
import {
  averageOf,
  densityAt,
  densityOf,
  forecastAt,
  MOST_WINDOWS,
  type Pace,
  type PlannedWindow,
  type Span,
} from './window-pace.ts';

export interface ReadAheadLimits {
  /** Of the token; 0 = unlimited. */
  readonly requestsPerMinute: number;
  /** Of the answers that are read and not committed. */
  readonly maxHeldBytes: number;
}

interface Cut {
  readonly leastWindows: number;
  readonly mostPages: number;
  /**
   * What all windows together would take of the memory if they were read to their ends. On average each is half read; the rest is for those
   * that turn out larger.
   */
  readonly shareOfMemory: number;
}

/**
 * Where requests are counted: few windows, as each costs a part of one for its proof. But with more of the memory, windows wait for room, and
 * the quota is not used: what the larger ones save in proofs is lost.
 */
const COUNTED: Cut = { leastWindows: 2, mostPages: 20, shareOfMemory: 0.7 };
/**
 * Where they are not: many and small ones, also of a source that answers at once. A commit takes what is read of the first window in time
 * order, so the sooner that is read to its end, the more is in a transaction, which takes 40 ms whatever is in it.
 */
const UNCOUNTED: Cut = { leastWindows: 6, mostPages: 6, shareOfMemory: 1 };

const cutOf = ({ requestsPerMinute }: ReadAheadLimits): Cut =>
  requestsPerMinute === 0 ? UNCOUNTED : COUNTED;

/** More than one process can take in: what is in flight beyond that only waits in memory. */
const MOST_REQUESTS_A_SECOND = 120;
const LEAST_PAGES = 2;

/** By Little's law: as many as keep the budget busy for a round trip, and one that is at its end. */
export function windowsInFlight({ roundTripMs }: Pace, limits: ReadAheadLimits): number {
  const { requestsPerMinute } = limits;
  const budget = requestsPerMinute === 0 ? MOST_REQUESTS_A_SECOND : requestsPerMinute / 60;
  const busy = Math.ceil((Math.min(budget, MOST_REQUESTS_A_SECOND) * roundTripMs) / 1_000) + 1;
  return Math.max(cutOf(limits).leastWindows, Math.min(MOST_WINDOWS, busy));
}

/** What is worth holding: where answers come at once, reading far ahead wins nothing. */
export const usefulBytes = (pace: Pace, limits: ReadAheadLimits): number =>
  pace.pageBytes === 0
    ? limits.maxHeldBytes
    : Math.min(limits.maxHeldBytes, windowsInFlight(pace, limits) * cutOf(limits).mostPages * pace.pageBytes);

/**
 * The first window of a span. Where nothing is known of it, all of it: its first page tells.
 *
 * @param endMs of all that is to be read
 */
export function firstWindow(span: Span, pace: Pace, limits: ReadAheadLimits, endMs: number): PlannedWindow {
  const { fromMs, toMs } = span;
  const forecast = forecastAt(fromMs, pace);
  if (fromMs === undefined || forecast === undefined) return { ...span, targetEvents: undefined };
  const eventsLeft = forecast.events(fromMs, toMs);
  const pages = toMs === endMs ? pagesTowardsTheEnd(eventsLeft, pace, limits) : pagesAWindow(pace, limits);
  const targetEvents = pages * pace.pageEvents;
  // A rest that is smaller than half a window is not worth a proof of its own.
  if (eventsLeft < 1.5 * targetEvents) return { fromMs, toMs, targetEvents };
  return { fromMs, toMs: Math.max(fromMs + 1, forecast.timeOf(fromMs, targetEvents, toMs)), targetEvents };
}

/** Of a page: enough that there is nearly always an event. */
const SHARE_BEHIND = 0.03;

/**
 * To what time a window is asked for: a little further than it goes. Events come in the order of time, so the first one behind its
 * end shows that it is read, and spares the empty page that would say so.
 *
 * @param endMs of all that is to be read
 */
export function askedToMs({ fromMs, toMs, targetEvents }: PlannedWindow, pace: Pace, endMs: number): number {
  const density = densityAt(fromMs, pace);
  if (targetEvents === undefined || density === 0) return toMs;
  return Math.min(endMs, toMs + Math.ceil((SHARE_BEHIND * pace.pageEvents) / density));
}

function pagesAWindow(pace: Pace, limits: ReadAheadLimits): number {
  const inFlight = windowsInFlight(pace, limits);
  const { mostPages, shareOfMemory } = cutOf(limits);
  const fitting = (shareOfMemory * limits.maxHeldBytes) / (inFlight * Math.max(1, pace.pageBytes));
  return Math.max(LEAST_PAGES, Math.min(mostPages, Math.floor(fitting)));
}

/** Smaller ones, so that all end at about the same time. */
function pagesTowardsTheEnd(eventsLeft: number, pace: Pace, limits: ReadAheadLimits): number {
  const inFlight = windowsInFlight(pace, limits);
  const share = Math.floor(eventsLeft / pace.pageEvents / inFlight);
  return Math.max(LEAST_PAGES, Math.min(share, pagesAWindow(pace, limits)));
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
  // Where no week tells, the busier of the two: it may be a night that the average began with.
  const density = Math.max(averageOf(window, page), densityOf(page));
  const known = { fromMs: window.fromMs ?? reachedMs, toMs: reachedMs, events: page.windowEvents };
  const rest = forecastFrom(pace.rhythm, known, density).events(reachedMs, window.toMs);
  return page.windowEvents + rest > 1.5 * targetEvents ? { fromMs: reachedMs, toMs: window.toMs } : undefined;
}
