/** One page: which events come next in a chain. */

import type { Dataset } from './dataset.ts';
import type { EventMaker } from './event.ts';
import type { Position } from './offsets.ts';
import type { Filters } from './query.ts';
import { tieOrder } from './ties.ts';

export interface PageRequest {
  readonly filters: Filters;
  readonly position: Position;
  readonly isContinuation: boolean;
  readonly limit: number;
  readonly oldestIndex: number;
  readonly lateOffset: 'skips' | 'shows';
  /** Whether {@link Page.hasMore} is needed, which can mean reading far ahead. */
  readonly lookAhead: 'none' | 'one-match';
}

export interface Page {
  readonly indexes: readonly number[];
  readonly position: Position;
  readonly hasMore: boolean;
}

const SLICE = 20_000;

/** What one read of a page works on: indexes in [low, high) that match. */
interface Search {
  readonly dataset: Dataset;
  readonly matches: (index: number) => boolean;
  readonly low: number;
  readonly high: number;
  /** Late events that arrive during the read are left to the next one. */
  readonly arrivedCount: number;
}

/** Gives way to other requests now and then: a filter that matches little makes this read millions of events. */
export async function readPage(
  dataset: Dataset,
  maker: EventMaker,
  request: PageRequest,
  pause: () => Promise<void>,
): Promise<Page> {
  const { filters, position } = request;
  const { timeline } = dataset;
  const search: Search = {
    dataset,
    matches: buildMatcher(filters, maker),
    low: Math.max(request.oldestIndex, timeline.firstAtOrAfter(filters.startMs ?? 0)),
    high: filters.endMs === undefined ? timeline.length : timeline.firstAtOrAfter(filters.endMs),
    arrivedCount: dataset.arrived.length,
  };
  if (!request.isContinuation || request.lateOffset === 'skips') return readOn(search, request, [], pause);
  const late = readLate(search, position, request.limit);
  if (late.indexes.length < request.limit) return readOn(search, request, late.indexes, pause);
  return {
    indexes: late.indexes,
    position: { ...position, arrivedCount: late.arrivedCount },
    hasMore: true,
  };
}

/** Late events that arrived since the position was handed out and that it has passed. */
function readLate(
  search: Search,
  position: Position,
  limit: number,
): { indexes: number[]; arrivedCount: number } {
  const indexes: number[] = [];
  let place = position.arrivedCount;
  for (; place < search.arrivedCount && indexes.length < limit; place += 1) {
    const index = search.dataset.arrived[place] ?? search.high;
    const isPassed = index < position.next && index >= search.low && index < search.high;
    if (isPassed && search.matches(index)) indexes.push(index);
  }
  return { indexes, arrivedCount: place };
}

/** Fills the page up from the position on. */
async function readOn(
  { dataset, matches, low, high, arrivedCount }: Search,
  { position, limit, lookAhead }: PageRequest,
  indexes: number[],
  pause: () => Promise<void>,
): Promise<Page> {
  const order = tieOrder(dataset.timeline, dataset.backlogLength, position.tieSalt);
  let next = Math.max(position.next, low);
  let hasMore = false;
  while (next < high && (indexes.length < limit || lookAhead === 'one-match')) {
    if (next % SLICE === SLICE - 1) await pause();
    const index = order(next);
    const isMatch = dataset.isVisible(index, arrivedCount) && matches(index);
    if (isMatch && indexes.length === limit) {
      hasMore = true;
      break;
    }
    if (isMatch) indexes.push(index);
    next += 1;
  }
  return { indexes, position: { ...position, next, arrivedCount }, hasMore };
}

/** Whether event `index` passes the filters that are not about time. */
function buildMatcher(filters: Filters, maker: EventMaker): (index: number) => boolean {
  const { eventType, actorType, actorGid, resourceGid } = filters;
  const checks: ((index: number) => boolean)[] = [];
  if (eventType !== undefined) checks.push((index) => maker.type(index).name === eventType);
  if (actorType !== undefined) checks.push((index) => maker.actor(index).actorType === actorType);
  if (actorGid !== undefined) checks.push((index) => maker.actor(index).gid === actorGid);
  if (resourceGid !== undefined) checks.push((index) => maker.resourceGid(index) === resourceGid);
  return (index) => checks.every((check) => check(index));
}
