import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { type Books, booksOf, type Cursor, youngestMs } from '../stream/cursor.ts';
import { encodeCursor, encodeReset, isReset, type Reset } from '../stream/cursor-record.ts';
import { encodeGap, type PassedGap } from '../stream/gap.ts';
import { encodeRepublished, type Republished } from '../stream/republished.ts';
import type { StreamState } from './stream-state.ts';

/** Where an operator puts a stream, and what that means for the topic. docs/adr/0007-an-operator-moves-a-stream.md */
export interface Move {
  readonly position: Cursor | Reset;
  /** Events created then are left out. */
  readonly leftOut: PassedGap | undefined;
  /** Events created then are published once more. */
  readonly again: Republished | undefined;
  /** Gaps that an operator made before, and that are read now, in whole or from some time on. */
  readonly withdrawn: readonly Withdrawn[];
}

interface Withdrawn {
  readonly gap: PassedGap;
  /** What remains of it, if anything. */
  readonly rest: PassedGap | undefined;
}

/** Reading goes on with the events created at `toMs`, whatever was read before. */
export function moveTo(cursor: Cursor, gaps: readonly PassedGap[], toMs: number, nowMs: number): Move {
  return toMs < cursor.watermarkMs ? moveBack(cursor, gaps, toMs, nowMs) : moveForward(cursor, toMs);
}

/** The cursor of a stream that has come to `toMs` and no further. */
function moveBack(cursor: Cursor, gaps: readonly PassedGap[], toMs: number, nowMs: number): Move {
  return {
    position: {
      ...cursor,
      mode: 'catching-up',
      watermarkMs: toMs,
      committed: new Map(),
      completeToMs: toMs,
      offset: undefined,
      sweptToMs: Math.min(cursor.sweptToMs, toMs),
      swept: new Map(),
    },
    leftOut: undefined,
    again: { atMs: nowMs, fromMs: toMs, toMs: youngestMs(cursor) + 1 },
    withdrawn: withdrawnFrom(gaps, toMs),
  };
}

/**
 * Up to where the stream is complete, nothing is left out. What it had left to sweeps stays with them: they go around the gap.
 */
function moveForward(cursor: Cursor, toMs: number): Move {
  const { completeToMs } = cursor;
  return {
    position: {
      ...cursor,
      mode: 'catching-up',
      watermarkMs: toMs,
      committed: new Map([...cursor.committed].filter(([, createdAtMs]) => createdAtMs >= toMs)),
      completeToMs: Math.max(completeToMs, toMs),
      offset: undefined,
    },
    leftOut: toMs > completeToMs ? { fromMs: completeToMs, toMs, reason: 'skipped-by-operator' } : undefined,
    again: undefined,
    withdrawn: [],
  };
}

export interface FreshStart {
  readonly filters: string;
  /** Of the configuration: a stream without a cursor starts there. */
  readonly startAtMs: number | undefined;
  /** What the stream has put where by now. */
  readonly books: Books;
}

/** The position is forgotten, readable or not. */
export function forget(state: StreamState, { filters, startAtMs, books }: FreshStart, nowMs: number): Move {
  const { position, unreadableFromMs } = state;
  const cursor = position && !isReset(position) ? position : undefined;
  const endMs = cursor ? youngestMs(cursor) + 1 : nowMs;
  const isRepeated = books.events > 0 && (startAtMs === undefined || startAtMs < endMs);
  return {
    position: { resetAtMs: nowMs, filters, ...booksOf(books) },
    leftOut: leftOutBefore(cursor?.completeToMs ?? unreadableFromMs, startAtMs, nowMs),
    again: isRepeated ? { atMs: nowMs, fromMs: startAtMs, toMs: endMs } : undefined,
    withdrawn: withdrawnFrom(state.gaps, startAtMs ?? Number.NEGATIVE_INFINITY),
  };
}

/** A first start notices no gap: what lies between the former end and the new beginning is recorded here. */
function leftOutBefore(
  completeToMs: number | undefined,
  startAtMs: number | undefined,
  nowMs: number,
): PassedGap | undefined {
  const oldestMs = nowMs - ASANA_RETENTION_MS;
  if (completeToMs === undefined) return undefined;
  if (startAtMs !== undefined && startAtMs > completeToMs)
    return { fromMs: completeToMs, toMs: startAtMs, reason: 'skipped-by-operator' };
  if (oldestMs > completeToMs) return { fromMs: completeToMs, toMs: oldestMs, reason: 'deleted-by-asana' };
  return undefined;
}

function withdrawnFrom(gaps: readonly PassedGap[], fromMs: number): Withdrawn[] {
  return gaps
    .filter(({ reason, toMs }) => reason === 'skipped-by-operator' && toMs > fromMs)
    .map((gap) => ({ gap, rest: gap.fromMs < fromMs ? { ...gap, toMs: fromMs } : undefined }));
}

/** The records of the state topic that make it so: key and value, null for a tombstone. */
export function recordsOf(move: Move, keys: StateKeys, nowMs: number): [string, Buffer | null][] {
  const { position, leftOut, again, withdrawn } = move;
  const records: [string, Buffer | null][] = withdrawn.map(({ gap, rest }) => [
    keys.gap(gap.fromMs),
    rest ? encodeGap(rest, nowMs) : null,
  ]);
  if (leftOut) records.push([keys.gap(leftOut.fromMs), encodeGap(leftOut, nowMs)]);
  if (again) records.push([keys.republished(again.atMs), encodeRepublished(again)]);
  records.push([keys.cursor, isReset(position) ? encodeReset(position) : encodeCursor(position)]);
  return records;
}
