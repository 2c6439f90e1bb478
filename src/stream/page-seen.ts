import type { EncodedEvent } from '../encode/encoded-event.ts';
import type { StreamEvent } from './events.ts';
import { hourOf } from './rhythm.ts';
import type { WindowPage } from './window.ts';

/** One page of a window, and what the window has shown with it. */
export interface PageSeen {
  readonly events: number;
  readonly bytes: number;
  readonly roundTripMs: number;
  readonly firstMs: number | undefined;
  /** Where the window is, of its events that are not dated in the future. */
  readonly reachedMs: number | undefined;
  /** Its events, by hour since 1970. */
  readonly hours: ReadonlyMap<number, number>;
  /** Nothing before it is still to be read. */
  readonly isFirst: boolean;
  /** All pages of the window together. */
  readonly windowEvents: number;
  /** The page that shows that there is nothing else. */
  readonly endsWindow: boolean;
}

/**
 * @param windowEvents of the window so far, with this page
 * @param isFirst whether the window is the first of all that are read
 */
export const pageSeen = (
  { page, events, step, chain }: WindowPage<EncodedEvent>,
  windowEvents: number,
  isFirst: boolean,
): PageSeen => ({
  events: events.length,
  bytes: page.sizeBytes,
  roundTripMs: page.roundTripMs,
  firstMs: events[0]?.createdAtMs,
  reachedMs: step.next?.reachedMs ?? chain.reachedMs,
  hours: eventsByHour(events),
  isFirst,
  windowEvents,
  endsWindow: step.readToMs !== undefined,
});

function eventsByHour(events: readonly StreamEvent[]): Map<number, number> {
  const hours = new Map<number, number>();
  for (const { createdAtMs } of events) {
    const hour = hourOf(createdAtMs);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return hours;
}
