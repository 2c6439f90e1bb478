import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import { isoTime } from '../clock.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { type Advance, advance, type Cursor } from './cursor.ts';
import type { ReadPage } from './read-page.ts';
import { readKnown } from './record-version.ts';

const GAP_VERSION = 1;
// A further reason needs a higher version: an older connector would take the record for a damaged one, and ask again for that time.
const PASSED_REASONS = ['deleted-by-asana', 'refused-by-asana', 'skipped-by-operator'] as const;
export const GAP_REASONS = [...PASSED_REASONS, 'state-unreadable'] as const;

/** A time of which events may be missing, and why. */
export interface Gap {
  /** Undefined: nobody knows. */
  readonly fromMs: number | undefined;
  /** Exclusive. Undefined: up to now, whenever that is. */
  readonly toMs: number | undefined;
  readonly reason: (typeof GAP_REASONS)[number];
  /** What was said when it was found. */
  readonly message?: string;
}

/** One that the stream has passed. */
export interface PassedGap extends Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: (typeof PASSED_REASONS)[number];
}

/**
 * The gap before a page: what was complete lies further back than Asana keeps events, so those in between may be deleted.
 *
 * Asana says nothing then, it just goes on with its oldest event. Within a chain that is catching up there is nothing to
 * notice; and a page that shows again what is committed at the watermark shows that Asana still has that time.
 */
export function gapBefore(cursor: Cursor | undefined, page: ReadPage): PassedGap | undefined {
  const oldestMs = page.asOfMs - ASANA_RETENTION_MS;
  if (cursor === undefined || cursor.completeToMs >= oldestMs) return undefined;
  if (!page.resumes || page.events.some(({ id }) => cursor.committed.has(id))) return undefined;
  return { fromMs: cursor.completeToMs, toMs: oldestMs, reason: 'deleted-by-asana' };
}

/**
 * The cursor behind a gap. It has not come so far yet where a sweep has met it, or is past it: then it stays, and the sweeps go
 * around the gap. Otherwise the offset goes, for its next page may be the refused one.
 */
export function afterGap(
  cursor: Cursor | undefined,
  { fromMs, toMs }: PassedGap,
  { filters, books }: Pick<Advance, 'filters' | 'books'>,
): Cursor {
  const stays = cursor !== undefined && (cursor.watermarkMs < fromMs || cursor.watermarkMs >= toMs);
  if (stays) return cursor;
  return advance(cursor, {
    mode: 'catching-up',
    filters,
    books,
    offset: undefined,
    startAtMs: fromMs,
    events: [],
    asOfMs: toMs,
    settledMs: toMs,
    readToMs: toMs,
    completeToMs: toMs,
  });
}

/** The gap record's value, JSON; its key is one of `StateKeys`. */
export function encodeGap({ fromMs, toMs, reason, message }: Gap, foundAtMs: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      version: GAP_VERSION,
      from: fromMs === undefined ? null : isoTime(fromMs),
      to: toMs === undefined ? null : isoTime(toMs),
      reason,
      message,
      found_at: isoTime(foundAtMs),
    }),
  );
}

/** What a gap record says of a time that has passed. Undefined for an open one, and for a damaged one. Throws STATE_TOO_NEW. */
export function decodePassedGap(key: string, value: Buffer | null): PassedGap | undefined {
  const record = readKnown(key, value, GAP_VERSION);
  const reason = PASSED_REASONS.find((each) => each === record?.reason);
  const [fromMs, toMs] = [Date.parse(String(record?.from)), Date.parse(String(record?.to))];
  return reason !== undefined && toMs > fromMs ? { fromMs, toMs, reason } : undefined;
}

/**
 * Of the last value of each key of a state topic, the stream's gaps that have passed, in time order. Throws STATE_TOO_NEW: to ask
 * again for what is in a gap that is not understood could publish what an operator has left out.
 */
export function passedGaps(state: Iterable<[string, Buffer | null]>, { gap, gaps }: StateKeys): PassedGap[] {
  return [...state]
    .flatMap(([key, value]) => {
      const found = key.startsWith(gaps) ? decodePassedGap(key, value) : undefined;
      return found && key === gap(found.fromMs) ? [found] : [];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** Asana refuses this time, or the operator has left it out: nobody asks for it again, sweeps neither. */
export const isAvoided = ({ reason }: Gap): boolean =>
  reason === 'refused-by-asana' || reason === 'skipped-by-operator';

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What of a range is outside of the gaps, in time order. */
export function around(range: Range, gaps: readonly Range[]): Range[] {
  const pieces: Range[] = [];
  let { fromMs } = range;
  for (const gap of gaps.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (gap.toMs <= fromMs || gap.fromMs >= range.toMs) continue;
    if (gap.fromMs > fromMs) pieces.push({ fromMs, toMs: gap.fromMs });
    fromMs = gap.toMs;
  }
  return fromMs < range.toMs ? [...pieces, { fromMs, toMs: range.toMs }] : pieces;
}
