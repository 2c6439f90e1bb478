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

/** Gives way to other requests now and then: a filter that matches little makes this read millions of events. */
export async function readPage(
  dataset: Dataset,
  maker: EventMaker,
  request: PageRequest,
  pause: () => Promise<void>,
): Promise<Page> {
  const { filters, limit, position } = request;
  const matches = buildMatcher(filters, maker);
  const { timeline } = dataset;
  const arrivedCount = dataset.arrived.length;
  const low = Math.max(request.oldestIndex, timeline.firstAtOrAfter(filters.startMs ?? 0));
  const high = filters.endMs === undefined ? timeline.length : timeline.firstAtOrAfter(filters.endMs);
  const indexes: number[] = [];

  if (request.isContinuation && request.lateOffset === 'shows') {
    for (let place = position.arrivedCount; place < arrivedCount; place += 1) {
      const index = dataset.arrived[place] ?? high;
      if (index >= position.next || index < low || index >= high || !matches(index)) continue;
      if (indexes.push(index) < limit) continue;
      return { indexes, position: { ...position, arrivedCount: place + 1 }, hasMore: true };
    }
  }

  const order = tieOrder(timeline, dataset.backlogLength, position.tieSalt);
  let next = Math.max(position.next, low);
  let hasMore = false;
  for (let rank = next; rank < high; rank += 1) {
    if (indexes.length === limit && request.lookAhead === 'none') break;
    if (rank % SLICE === SLICE - 1) await pause();
    const index = order(rank);
    const isMatch = dataset.isVisible(index, arrivedCount) && matches(index);
    if (isMatch && indexes.length === limit) {
      hasMore = true;
      break;
    }
    if (isMatch) indexes.push(index);
    if (indexes.length < limit || isMatch) next = rank + 1;
  }
  return { indexes, position: { next, arrivedCount, tieSalt: position.tieSalt }, hasMore };
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
