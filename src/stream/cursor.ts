import type { Query } from '../asana/query.ts';
import { addToDigest, EMPTY_DIGEST } from './digest.ts';

export type Mode = 'catching-up' | 'live';

/** An Asana offset with what is needed to replace it. It is valid for one query only. */
export interface OffsetState {
  readonly value: string;
  readonly obtainedAtMs: number;
  readonly query: Pick<Query, 'startAtMs' | 'endAtMs' | 'limit'>;
}

/**
 * Where a stream is, as of its last commit. All times are epoch milliseconds on Asana's clock.
 *
 * Every event created before `watermarkMs` is committed, and of those created later exactly the ones in `committed`. So
 * everything else here can be lost, the offset above all, and the stream still goes on without a loss or a repetition.
 */
export interface Cursor {
  readonly mode: Mode;
  /** Of the filters that all of this belongs to. */
  readonly filters: string;
  readonly watermarkMs: number;
  /** Ids of committed events that were created at or after the watermark, with their times. */
  readonly committed: ReadonlyMap<string, number>;
  /** As of when everything that Asana showed is committed. */
  readonly completeToMs: number;
  /** In live mode, once Asana has given one. */
  readonly offset: OffsetState | undefined;
  /** Events in the events topic, and the digest of their gids. */
  readonly events: number;
  readonly digest: string;
  readonly deadLetters: number;
}

/** What the committer knows of an event: `id` is its gid, or stands for one. */
export interface Dated {
  readonly id: string;
  readonly createdAtMs: number;
}

export interface Advance {
  readonly mode: Mode;
  readonly filters: string;
  readonly offset: OffsetState | undefined;
  /** Where the query starts: before the first commit, all that is created earlier is out of scope. */
  readonly startAtMs: number | undefined;
  /** In time order; each one new. */
  readonly events: readonly Dated[];
  /** Asana's clock when it answered. */
  readonly asOfMs: number;
  /** Where an empty page ended a window: everything before is read. */
  readonly readToMs: number | undefined;
  /** As of when there is nothing else: an empty page was live, or a gap is recorded up to then. */
  readonly completeToMs: number | undefined;
}

/**
 * The cursor after a page. It never goes back: not for a page that is out of order, not for a clock that is.
 *
 * The watermark does not follow an event that is dated in Asana's future: everything that is created until then would count
 * as committed. Such an event is remembered by its id instead.
 */
export function advance(cursor: Cursor | undefined, page: Advance): Cursor {
  const last = page.events.at(-1);
  const reached = [
    cursor ? cursor.watermarkMs : page.startAtMs,
    page.readToMs,
    last && Math.min(last.createdAtMs, page.asOfMs),
  ];
  const watermarkMs = Math.max(...reached.filter((timeMs) => timeMs !== undefined));
  return {
    mode: page.mode,
    filters: page.filters,
    watermarkMs,
    committed: committedFrom(watermarkMs, cursor, page.events),
    completeToMs: Math.max(
      cursor?.completeToMs ?? watermarkMs,
      watermarkMs,
      page.completeToMs ?? watermarkMs,
    ),
    offset: page.offset,
    events: cursor?.events ?? 0,
    digest: cursor?.digest ?? EMPTY_DIGEST,
    deadLetters: cursor?.deadLetters ?? 0,
  };
}

function committedFrom(
  watermarkMs: number,
  cursor: Cursor | undefined,
  events: readonly Dated[],
): Map<string, number> {
  const committed = new Map<string, number>();
  for (const [id, createdAtMs] of cursor?.committed ?? [])
    if (createdAtMs >= watermarkMs) committed.set(id, createdAtMs);
  for (const { id, createdAtMs } of events) if (createdAtMs >= watermarkMs) committed.set(id, createdAtMs);
  return committed;
}

/** The cursor with what its transaction really put where. */
export function withCounts(cursor: Cursor, publishedGids: readonly string[], deadLetters: number): Cursor {
  return {
    ...cursor,
    events: cursor.events + publishedGids.length,
    digest: addToDigest(cursor.digest, publishedGids),
    deadLetters: cursor.deadLetters + deadLetters,
  };
}
