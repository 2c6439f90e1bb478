import type { Cursor } from '../stream/cursor.ts';
import { isReset, type Reset } from '../stream/cursor-record.ts';
import { type SweepOptions, sweepProgress } from '../stream/sweep.ts';

/** A time of which Asana may have shown events late: the next sweep looks for them. `[fromMs, toMs)` */
export interface Unswept {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Undefined where nothing is waited for: without sweeps, where the position is of something else, and where sweeps are further back than
 * ones that keep up ever are. What is missing then is missing: a connector that has lost it would look the same.
 */
export function unsweptOf(
  position: Cursor | Reset | undefined,
  { eventsTopic, filters }: Pick<Cursor, 'eventsTopic' | 'filters'>,
  sweeps: SweepOptions,
): Unswept | undefined {
  if (position === undefined || isReset(position)) return undefined;
  if (position.eventsTopic !== eventsTopic || position.filters !== filters) return undefined;
  const progress = sweepProgress(position, sweeps);
  if (progress === undefined || progress.areBehind) return undefined;
  return { fromMs: progress.sweptToMs, toMs: position.completeToMs };
}
