import type { Filters, Query } from '../asana/query.ts';
import { isoTime } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { Cursor, Mode } from './cursor.ts';

/** What a stream reads: fixed by the configuration. */
export interface Scope {
  readonly filters: Filters;
  readonly startAtMs: number | undefined;
  /** Exclusive; the stream ends there. */
  readonly endAtMs: number | undefined;
}

/**
 * A chain of requests: one query, then offset by offset. Catching up, it covers a window of the past and an empty page ends
 * it; live, it goes on for ever.
 */
export interface Chain {
  readonly mode: Mode;
  readonly query: Query;
  readonly offset: string | undefined;
  /** The time of the last event that the chain has shown: where it can be taken up again without the offset. */
  readonly reachedMs: number | undefined;
  /** A page with so many events is full: the largest seen, at least the smallest page size that Asana documents. */
  readonly fullPage: number;
}

/** What of a page decides where to go on. */
export interface PageFacts {
  readonly count: number;
  readonly lastCreatedAtMs: number | undefined;
  readonly offset: string | null;
  readonly asOfMs: number;
}

export interface Step {
  /** Undefined at the end of the scope. */
  readonly next: Chain | undefined;
  /** What Asana has beyond this page, as far as the page shows. */
  readonly left: 'more' | 'unknown' | 'nothing';
  /** The page ended a window: everything created before is read. */
  readonly readToMs: number | undefined;
}

export const CATCH_UP_CAUSES = ['first-start', 'restart', 'offset-refused', 'filters-changed'] as const;
export type CatchUpCause = (typeof CATCH_UP_CAUSES)[number];

/** Asana shows an event some time after its `created_at`: the youngest minute is left to the live chain. */
export const SETTLE_MS = 60_000;
const SMALLEST_PAGE = 100;
/** The vendor's texts conflict, but this much is allowed by all of them. */
const SAFE_LIMIT = 100;

/** Where to start from a cursor, and why there is something to catch up with, if there is. */
export function startChain(
  cursor: Cursor | undefined,
  filters: string,
  scope: Scope,
  nowMs: number,
): { chain: Chain; cause?: CatchUpCause } {
  if (cursor === undefined) return { chain: catchUp(scope.startAtMs, scope, nowMs), cause: 'first-start' };
  if (cursor.filters !== filters)
    return { chain: catchUp(cursor.watermarkMs, scope, nowMs), cause: 'filters-changed' };
  const { offset } = cursor;
  if (offset !== undefined && offset.query.endAtMs === scope.endAtMs) {
    const query = { ...offset.query, filters: scope.filters };
    const reachedMs = cursor.watermarkMs;
    return { chain: { mode: 'live', query, offset: offset.value, reachedMs, fullPage: SMALLEST_PAGE } };
  }
  return { chain: catchUp(cursor.watermarkMs, scope, nowMs), cause: 'restart' };
}

/** The chain that reads from `fromMs` (the oldest event where undefined) towards the present, of which `nowMs` is a guess. */
export function catchUp(fromMs: number | undefined, scope: Scope, nowMs: number, limit?: number): Chain {
  const horizonMs = Math.min(nowMs - SETTLE_MS, scope.endAtMs ?? Number.POSITIVE_INFINITY);
  const behind = fromMs === undefined || fromMs + SETTLE_MS < horizonMs || horizonMs === scope.endAtMs;
  return {
    mode: behind ? 'catching-up' : 'live',
    query: { filters: scope.filters, startAtMs: fromMs, endAtMs: behind ? horizonMs : scope.endAtMs, limit },
    offset: undefined,
    reachedMs: fromMs,
    fullPage: SMALLEST_PAGE,
  };
}

/** Has the cursor nothing left to read in its scope? */
export const isComplete = (cursor: Cursor | undefined, scope: Scope): boolean =>
  cursor !== undefined && scope.endAtMs !== undefined && cursor.watermarkMs >= scope.endAtMs;

/** Where to go on after a page. Throws ASANA_NO_PROGRESS where no request could get past it. */
export function afterPage(chain: Chain, page: PageFacts, scope: Scope): Step {
  if (page.count === 0 || showsItsEnd(chain, page))
    return chain.mode === 'live' ? stayLive(chain, page, scope) : leaveWindow(chain, page, scope);
  const full = page.count >= chain.fullPage;
  const seen = {
    ...chain,
    reachedMs: later(chain.reachedMs, page.lastCreatedAtMs),
    fullPage: Math.max(chain.fullPage, page.count),
  };
  const leadsOn = page.offset !== null && page.offset !== chain.offset;
  const next = leadsOn ? { ...seen, offset: page.offset } : goOnByTime(seen, page);
  const perhapsMore = chain.mode === 'live' && !full && next.query.limit === chain.query.limit;
  return { next, left: perhapsMore ? 'unknown' : 'more', readToMs: undefined };
}

const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

/** Without `next_page`, a page that was asked for by its last event's own time and is not full has nothing behind it. */
const showsItsEnd = (chain: Chain, page: PageFacts): boolean =>
  page.offset === null &&
  chain.offset === undefined &&
  chain.query.limit !== undefined &&
  page.count < chain.query.limit &&
  page.lastCreatedAtMs === chain.query.startAtMs;

/** An answer with data has no new offset: time leads on, and with `limit` there may be one again. */
function goOnByTime(chain: Chain, page: PageFacts): Chain {
  const { query, offset, reachedMs } = chain;
  const stuck = reachedMs === query.startAtMs;
  if (stuck && query.limit !== undefined && offset === undefined) {
    throw new ConnectorError(
      'ASANA_NO_PROGRESS',
      `Asana answered ${page.count} events from ${reachedMs === undefined ? 'the start' : isoTime(reachedMs)} without a next_page, all of one millisecond`,
    );
  }
  const limit = query.limit ?? (stuck || page.offset === null ? SAFE_LIMIT : undefined);
  return { ...chain, query: { ...query, startAtMs: reachedMs, limit }, offset: undefined };
}

function stayLive(chain: Chain, page: PageFacts, scope: Scope): Step {
  const ended = scope.endAtMs !== undefined && page.asOfMs - SETTLE_MS >= scope.endAtMs;
  const next = { ...chain, offset: page.offset ?? chain.offset };
  return { next: ended ? undefined : next, left: 'nothing', readToMs: ended ? scope.endAtMs : undefined };
}

/** By Asana's clock: where ours is ahead, the window reached into Asana's future, and its end is not read yet. */
function leaveWindow(chain: Chain, page: PageFacts, scope: Scope): Step {
  const { startAtMs, endAtMs, limit } = chain.query;
  const settledMs = page.asOfMs - SETTLE_MS;
  const readToMs = Math.max(Math.min(endAtMs ?? settledMs, settledMs), startAtMs ?? Number.NEGATIVE_INFINITY);
  if (scope.endAtMs !== undefined && readToMs >= scope.endAtMs)
    return { next: undefined, left: 'nothing', readToMs };
  return {
    next: { ...catchUp(readToMs, scope, page.asOfMs, limit), fullPage: chain.fullPage },
    left: 'more',
    readToMs,
  };
}
