import type { Page } from '../asana/client.ts';
import type { PageEvent } from '../asana/page.ts';
import type { EncodedEvent } from '../encode/encoded-event.ts';
import type { Dated } from './cursor.ts';
import type { PageFacts } from './step.ts';

/** An event in its place in time. */
export type Placed<E extends PageEvent> = E & Dated;

const isPlaced = <E extends PageEvent>(event: E): event is Placed<E> => event.createdAtMs !== undefined;

/** One that is to be published. */
export type StreamEvent = Placed<EncodedEvent>;

/**
 * The events of a page, in time order. Asana sends them so; sorting (stable) costs nothing then.
 *
 * What has no readable time takes that of the next event that has one, or of the last one, so that it keeps its place. Not of
 * the one before it: it would be taken to be older than a watermark that it is not behind, and be forgotten. What has no gid is
 * identified by its content. So reading either again does not write a second dead letter.
 *
 * @param reachedMs the time of the event before the page
 */
export function inTimeOrder<E extends PageEvent>(
  page: readonly E[],
  reachedMs: number | undefined,
): Placed<E>[] {
  let nextMs = page.findLast(isPlaced)?.createdAtMs ?? reachedMs ?? 0;
  const events: Placed<E>[] = [];
  for (const event of page.toReversed()) {
    nextMs = event.createdAtMs ?? nextMs;
    events.push(isPlaced(event) ? event : { ...event, createdAtMs: nextMs });
  }
  return events.reverse().sort((a, b) => a.createdAtMs - b.createdAtMs);
}

/**
 * What of a page decides where to go on. An event that is dated in Asana's future does not: a chain that went on by its time
 * would skip all until then.
 */
export function factsOf({ offset, asOfMs }: Page, events: readonly Placed<PageEvent>[]): PageFacts {
  const last = events.findLast(({ isDated, createdAtMs }) => isDated && createdAtMs <= asOfMs);
  return {
    count: events.length,
    lastCreatedAtMs: last?.createdAtMs,
    youngestMs: events.at(-1)?.createdAtMs,
    offset,
    asOfMs,
  };
}
