import type { Filters } from '../asana/query.ts';
import { afterPageByTime, afterProbe } from './by-time.ts';
import type { Cursor, Mode } from './cursor.ts';
import type { Chain, Habits, PageFacts, Step } from './step.ts';

/** What a stream reads: fixed by the configuration. */
export interface Scope {
  readonly filters: Filters;
  readonly startAtMs: number | undefined;
  /** Exclusive; the stream ends there. */
  readonly endAtMs: number | undefined;
}

export const CATCH_UP_CAUSES = [
  'first-start',
  'restart',
  'offset-refused',
  'refused-piece',
  'fell-behind',
  'filters-changed',
] as const;
export type CatchUpCause = (typeof CATCH_UP_CAUSES)[number];

/** Asana shows an event some time after its `created_at`: the youngest minute is left to the live chain. */
export const SETTLE_MS = 60_000;
/** A smaller page than the smallest that Asana documents is taken to be short. */
const SMALLEST_FULL_PAGE = 100;
export const NO_HABITS: Habits = { offsetsFail: false, largestPage: 0 };

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
    return { chain: { mode: 'live', query, offset: offset.value, reachedMs, habits: NO_HABITS } };
  }
  return { chain: catchUp(cursor.watermarkMs, scope, nowMs), cause: 'restart' };
}

/** What a chain hands on to the one that takes its place. */
export interface Predecessor {
  readonly limit?: number | undefined;
  readonly habits: Habits;
}

export const lessonsOf = ({ query, habits }: Chain): Predecessor => ({ limit: query.limit, habits });

/** The chain that reads from `fromMs` (the oldest event where undefined) towards the present, of which `nowMs` is a guess. */
export function catchUp(
  fromMs: number | undefined,
  scope: Scope,
  nowMs: number,
  { limit, habits }: Predecessor = { habits: NO_HABITS },
): Chain {
  const horizonMs = Math.min(nowMs - SETTLE_MS, scope.endAtMs ?? Number.POSITIVE_INFINITY);
  const behind = fromMs === undefined || fromMs + SETTLE_MS < horizonMs || horizonMs === scope.endAtMs;
  return {
    mode: behind ? 'catching-up' : 'live',
    query: { filters: scope.filters, startAtMs: fromMs, endAtMs: behind ? horizonMs : scope.endAtMs, limit },
    offset: undefined,
    reachedMs: fromMs,
    habits,
  };
}

/** Has the cursor nothing left to read in its scope? */
export const isComplete = (cursor: Cursor | undefined, scope: Scope): boolean =>
  cursor !== undefined && scope.endAtMs !== undefined && cursor.watermarkMs >= scope.endAtMs;

// Of events that are further back than this, there may be many: windows read them side by side.
const FALLEN_BEHIND_MS = 10 * 60_000;

/**
 * Is a live chain, which goes page by page, so far behind that catching up is quicker? Only asked after a page with more to come.
 * Without an offset there is always more to ask for, on a quiet stream too, and no windows.
 */
export const hasFallenBehind = (
  page: { readonly mode: Mode; readonly offset: string | null; readonly asOfMs: number },
  { watermarkMs }: Cursor,
): boolean => page.mode === 'live' && page.offset !== null && page.asOfMs - watermarkMs > FALLEN_BEHIND_MS;

/** Where to go on after a page. Throws ASANA_NO_PROGRESS where no request could get past it. */
export function afterPage(chain: Chain, page: PageFacts, scope: Scope): Step {
  const end = (ended: Chain) =>
    ended.mode === 'live' ? stayLive(ended, page, scope) : leaveWindow(ended, page, scope);
  if (chain.probe) return afterProbe(chain.probe, page, end);
  if (page.count === 0) return end(chain);
  const largestPage = Math.max(chain.habits.largestPage, page.count);
  const seen: Chain = {
    ...chain,
    reachedMs: later(chain.reachedMs, page.lastCreatedAtMs),
    habits: { ...chain.habits, largestPage },
  };
  const leadsOn = page.offset !== null && page.offset !== chain.offset && !chain.habits.offsetsFail;
  if (!leadsOn) return afterPageByTime(chain, seen, page, end);
  const isShort =
    chain.mode === 'live' && page.count < Math.max(SMALLEST_FULL_PAGE, chain.habits.largestPage);
  return { next: { ...seen, offset: page.offset }, left: isShort ? 'unknown' : 'more', readToMs: undefined };
}

export const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

function stayLive(chain: Chain, page: PageFacts, scope: Scope): Step {
  const ended = scope.endAtMs !== undefined && page.asOfMs - SETTLE_MS >= scope.endAtMs;
  const offset = chain.habits.offsetsFail ? undefined : (page.offset ?? chain.offset);
  return {
    next: ended ? undefined : { ...chain, offset },
    left: 'nothing',
    readToMs: ended ? scope.endAtMs : undefined,
  };
}

/** By Asana's clock: where ours is ahead, the window reached into Asana's future, and its end is not read yet. */
function leaveWindow(chain: Chain, page: PageFacts, scope: Scope): Step {
  const { startAtMs, endAtMs, limit } = chain.query;
  const settledMs = page.asOfMs - SETTLE_MS;
  // Not before what was shown: the next chain would show it again.
  const shownMs = later(startAtMs, chain.reachedMs) ?? Number.NEGATIVE_INFINITY;
  const readToMs = Math.max(Math.min(endAtMs ?? settledMs, settledMs), shownMs);
  if (scope.endAtMs !== undefined && readToMs >= scope.endAtMs)
    return { next: undefined, left: 'nothing', readToMs };
  const { habits } = chain;
  return { next: catchUp(readToMs, scope, page.asOfMs, { limit, habits }), left: 'more', readToMs };
}
