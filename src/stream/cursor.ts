import type { Query } from '../asana/query.ts';
import { isContentId } from '../encode/content-id.ts';
import { addToDigest, EMPTY_DIGEST } from './digest.ts';

export type Mode = 'catching-up' | 'live';

/** An Asana offset with what is needed to replace it. It is valid for one query only. */
export interface OffsetState {
  readonly value: string;
  readonly obtainedAtMs: number;
  readonly query: Pick<Query, 'startAtMs' | 'endAtMs' | 'limit'>;
}

/** What a stream has put where, as of its last commit. An operator may reset its position; this stays true. */
export interface Books {
  /** The topic that all of this is in, and by partition the offset behind the last record committed there. */
  readonly eventsTopic: string;
  readonly ends: ReadonlyMap<number, number>;
  /** Records in the events topic, and the digest of their gids. */
  readonly events: number;
  readonly digest: string;
  readonly deadLetters: number;
  /** The offset behind the last of them, 0 where there is none. */
  readonly deadLettersEnd: number;
}

export const emptyBooks = (eventsTopic: string): Books => ({
  eventsTopic,
  ends: new Map(),
  events: 0,
  digest: EMPTY_DIGEST,
  deadLetters: 0,
  deadLettersEnd: 0,
});

/**
 * Where a stream is, as of its last commit. All times are epoch milliseconds on Asana's clock.
 *
 * Every event created before `watermarkMs` is committed, and of those created later exactly the ones in `committed`. So
 * everything else here can be lost, the offset above all, and the stream still goes on without a loss or a repetition.
 */
export interface Cursor extends Books {
  readonly mode: Mode;
  /** Of the filters that all of this belongs to. */
  readonly filters: string;
  readonly watermarkMs: number;
  /** Ids of committed events that were created at or after the watermark, or may have been, with their times. */
  readonly committed: ReadonlyMap<string, number>;
  /** As of when everything that Asana showed is committed. */
  readonly completeToMs: number;
  /** In live mode, once Asana has given one. */
  readonly offset: OffsetState | undefined;
  /** Everything created before was read, or read again, at least the sweep's lookback after it was created. */
  readonly sweptToMs: number;
  /** Ids of events that a sweep published, with their times: the live chain may show them as well. */
  readonly swept: ReadonlyMap<string, number>;
}

/** What the committer knows of an event: `id` is its gid, or stands for one. */
export interface Dated {
  readonly id: string;
  readonly createdAtMs: number;
}

export interface Advance {
  readonly mode: Mode;
  readonly filters: string;
  /** Of a stream without a cursor. */
  readonly books: Books;
  readonly offset: OffsetState | undefined;
  /** Where the query starts: before the first commit, all that is created earlier is out of scope. */
  readonly startAtMs: number | undefined;
  /** In time order; each one new. */
  readonly events: readonly Dated[];
  /** Asana's clock when it answered. */
  readonly asOfMs: number;
  /** The sweep's lookback before that: what is older and was read now needs no sweep. */
  readonly settledMs: number;
  /** Where an empty page ended a window: everything before is read. */
  readonly readToMs: number | undefined;
  /** As of when there is nothing else: an empty page was live, or a gap is recorded up to then. */
  readonly completeToMs: number | undefined;
}

/**
 * The cursor after a page. It never goes back: not for a page that is out of order, not for a clock that is.
 *
 * The watermark does not follow an event that is dated in Asana's future, not even to the present: everything that is created
 * until then would count as committed. Such an event is remembered by its id instead.
 */
export function advance(cursor: Cursor | undefined, page: Advance): Cursor {
  const reached = [
    cursor ? cursor.watermarkMs : page.startAtMs,
    page.readToMs,
    lastUpTo(page.asOfMs, page.events),
  ];
  // Only events of the future, and nothing before: everything is still to be read.
  const watermarkMs = Math.max(0, ...reached.filter((timeMs) => timeMs !== undefined));
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
    sweptToMs: sweptTo(cursor, watermarkMs, page),
    swept: cursor?.swept ?? new Map(),
    ...booksOf(cursor ?? page.books),
  };
}

export const booksOf = ({
  eventsTopic,
  ends,
  events,
  digest,
  deadLetters,
  deadLettersEnd,
}: Books): Books => ({
  eventsTopic,
  ends,
  events,
  digest,
  deadLetters,
  deadLettersEnd,
});

/**
 * Reading old events is as good as sweeping them, as long as nothing in between was left to a sweep. What other filters had
 * left out is not late.
 */
function sweptTo(cursor: Cursor | undefined, watermarkMs: number, page: Advance): number {
  const readAndSettledMs = Math.min(watermarkMs, page.settledMs);
  if (cursor === undefined) return Math.max(readAndSettledMs, page.startAtMs ?? readAndSettledMs);
  const sweptToMs = cursor.filters === page.filters ? cursor.sweptToMs : cursor.watermarkMs;
  const isContiguous = page.mode === 'catching-up' && sweptToMs >= cursor.watermarkMs;
  return isContiguous ? Math.max(sweptToMs, readAndSettledMs) : sweptToMs;
}

export interface SweepAdvance {
  /** What the sweep found, in time order; each one new. */
  readonly events: readonly Dated[];
  readonly asOfMs: number;
  readonly sweptToMs: number;
  readonly lookbackMs: number;
}

/** The cursor after a sweep. */
export function afterSweep(cursor: Cursor, sweep: SweepAdvance): Cursor {
  const sweptToMs = Math.max(cursor.sweptToMs, sweep.sweptToMs);
  const watermarkMs = Math.max(cursor.watermarkMs, lastUpTo(sweep.asOfMs, sweep.events) ?? 0);
  const swept = new Map(cursor.swept);
  for (const { id, createdAtMs } of sweep.events) swept.set(id, createdAtMs);
  for (const [id, createdAtMs] of swept) if (createdAtMs < sweptToMs - sweep.lookbackMs) swept.delete(id);
  return {
    ...cursor,
    watermarkMs,
    committed: committedFrom(watermarkMs, cursor, sweep.events),
    completeToMs: Math.max(cursor.completeToMs, watermarkMs),
    sweptToMs,
    swept,
  };
}

const lastUpTo = (timeMs: number, events: readonly Dated[]): number | undefined =>
  events.findLast(({ createdAtMs }) => createdAtMs <= timeMs)?.createdAtMs;

// What has no time of its own at the end of a page is taken to be as old as what is before it, and may be younger: of the last few
// such events the ids are kept, however far the watermark moves.
const MOST_UNSURE = 16;

function committedFrom(
  watermarkMs: number,
  cursor: Cursor | undefined,
  events: readonly Dated[],
): Map<string, number> {
  const committed = new Map<string, number>();
  const unsure: [string, number][] = [];
  const keep = (id: string, createdAtMs: number) => {
    if (createdAtMs >= watermarkMs) committed.set(id, createdAtMs);
    else if (isContentId(id)) unsure.push([id, createdAtMs]);
  };
  for (const [id, createdAtMs] of cursor?.committed ?? []) keep(id, createdAtMs);
  for (const { id, createdAtMs } of events) keep(id, createdAtMs);
  return unsure.length === 0 ? committed : new Map([...unsure.slice(-MOST_UNSURE), ...committed]);
}

/** The time of the youngest event that is committed. */
export const youngestMs = ({ watermarkMs, committed }: Cursor): number => {
  let youngest = watermarkMs;
  for (const createdAtMs of committed.values()) youngest = Math.max(youngest, createdAtMs);
  return youngest;
};

/** What a transaction really put where. */
export interface Put {
  /** Gids in the events topic. */
  readonly gids: readonly string[];
  /** By partition of the events topic, the offset behind the last record. */
  readonly ends: ReadonlyMap<number, number>;
  readonly deadLetters: number;
  readonly deadLettersEnd: number | undefined;
}

export function withPut(cursor: Cursor, { gids, ends, deadLetters, deadLettersEnd }: Put): Cursor {
  return {
    ...cursor,
    ends: new Map([...cursor.ends, ...ends]),
    events: cursor.events + gids.length,
    digest: addToDigest(cursor.digest, gids),
    deadLetters: cursor.deadLetters + deadLetters,
    deadLettersEnd: deadLettersEnd ?? cursor.deadLettersEnd,
  };
}
