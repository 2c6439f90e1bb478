import type { PageSource } from '../asana/client.ts';
import type { Filters } from '../asana/query.ts';
import type { EncodedEvent } from '../encode/encoded-event.ts';
import type { Cursor } from './cursor.ts';
import type { StreamEvent } from './events.ts';
import { around, type PassedGap } from './gap.ts';
import { readWindow } from './window.ts';

export interface SweepOptions {
  /** So long after its `created_at` an event may become visible and is still found. */
  readonly lookbackMs: number;
  /** Between two sweeps; 0 = none. */
  readonly intervalMs: number;
}

/** A time that is to be read again: `[fromMs, toMs)`. */
export interface SweepRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of it, times that Asana refuses. */
  readonly without?: readonly PassedGap[];
}

export interface SweepResult {
  /** What Asana shows and the topic lacked, in time order. */
  readonly late: readonly StreamEvent[];
  readonly sweptToMs: number;
  readonly asOfMs: number;
}

/** How far the sweeps of a stream are. */
export interface SweepProgress {
  readonly sweptToMs: number;
  /** Further back than sweeps that keep up ever are. */
  readonly areBehind: boolean;
}

export interface SweepPorts {
  readonly asana: PageSource<EncodedEvent>;
  readonly filters: Filters;
  readonly options: SweepOptions;
  readonly endAtMs: number | undefined;
  /** Gids of the stream's events in the topic, of those created at `fromMs` or later, as far as the cursor knows the topic. */
  readonly committedSince: (
    cursor: Cursor,
    fromMs: number,
    signal: AbortSignal,
  ) => Promise<ReadonlySet<string>>;
}

// More than this at once is no lateness but a backlog; the sweep after this one goes on.
const MAX_LATE = 5_000;

/**
 * What is to be swept now, if anything: from where everything is settled up to where the stream says that it is complete. It
 * follows from the cursor alone, so that an outage just after a late event does not hide it.
 *
 * @param endAtMs where the stream ends: what is created later is out of its scope
 */
export function dueSweep(
  cursor: Cursor | undefined,
  nowMs: number,
  { lookbackMs, intervalMs }: SweepOptions,
  endAtMs = Number.POSITIVE_INFINITY,
): SweepRange | undefined {
  if (cursor === undefined || intervalMs === 0) return undefined;
  const range = { fromMs: cursor.sweptToMs, toMs: Math.min(cursor.completeToMs, endAtMs) };
  // Where our clock is behind Asana's, by which all of this is dated, it would never be due.
  const asanaNowMs = Math.max(nowMs, cursor.completeToMs);
  const isDue = asanaNowMs - lookbackMs - range.fromMs >= intervalMs;
  return isDue && range.toMs > range.fromMs ? range : undefined;
}

// Where they keep up, it is the sum once before one begins, and little more when it ends.
const MOST_SUMS_BACK = 3;

/** Undefined where there are no sweeps. Against what is complete, not now: where nothing is heard, both stand. */
export function sweepProgress(
  { sweptToMs, completeToMs }: Cursor,
  { lookbackMs, intervalMs }: SweepOptions,
): SweepProgress | undefined {
  if (intervalMs === 0) return undefined;
  return { sweptToMs, areBehind: completeToMs - sweptToMs > MOST_SUMS_BACK * (lookbackMs + intervalMs) };
}

/** What has no time of its own is placed by its neighbours: it may belong anywhere. */
export const isDatedIn = ({ toMs }: SweepRange, { isDated, createdAtMs }: StreamEvent): boolean =>
  !isDated || createdAtMs < toMs;

/**
 * Reads the range again and gives back what the topic lacks. The topic is read first: what is committed meanwhile is known to
 * the committer, which drops it.
 *
 * One question at a time, beside a live chain that asks as quickly, and an event is read by about
 * (lookback + interval) / interval sweeps. The longer a sweep, the longer the range of the next one; that settles wherever one
 * question at a time can follow the stream: with 1,000 events a page, 0.5 s a page and the defaults, a sweep takes as long as
 * the interval from about 500 events/s on, and without end only from 2,000 on, where the live chain falls behind, too. Where
 * the request budget leaves less to sweeps than the live chain needs, the range grows without end: `sweepProgress` says it.
 */
export async function sweep(
  cursor: Cursor,
  range: SweepRange,
  ports: SweepPorts,
  signal: AbortSignal,
): Promise<SweepResult> {
  const { options } = ports;
  const committed = await ports.committedSince(cursor, range.fromMs, signal);
  const late: StreamEvent[] = [];
  let firstAsOfMs: number | undefined;
  let coveredToMs = range.toMs;
  for await (const { events, page } of readRange(range, ports, signal)) {
    firstAsOfMs ??= page.asOfMs;
    late.push(...events.filter(({ id }) => !committed.has(id) && !cursor.committed.has(id)));
    if (late.length > MAX_LATE) {
      coveredToMs = events.at(-1)?.createdAtMs ?? coveredToMs;
      break;
    }
  }
  const asOfMs = firstAsOfMs ?? cursor.completeToMs;
  return { late, asOfMs, sweptToMs: Math.min(coveredToMs, asOfMs - options.lookbackMs) };
}

async function* readRange(
  { without = [], ...range }: SweepRange,
  { asana, filters }: SweepPorts,
  signal: AbortSignal,
) {
  for (const { fromMs: startAtMs, toMs: endAtMs } of around(range, without))
    yield* readWindow(asana, { filters, startAtMs, endAtMs }, signal);
}
