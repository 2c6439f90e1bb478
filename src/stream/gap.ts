import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import { isoTime } from '../clock.ts';
import type { Cursor } from './cursor.ts';
import type { ReadPage } from './reader.ts';

/** A time of which events may be missing for good, and why. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: 'deleted-by-asana';
}

/**
 * The gap before a page: what was complete lies further back than Asana keeps events, so those in between may be deleted.
 *
 * Asana says nothing then, it just goes on with its oldest event. Within a chain that is catching up there is nothing to
 * notice; and a page that shows again what is committed at the watermark shows that Asana still has that time.
 */
export function gapBefore(cursor: Cursor | undefined, page: ReadPage): Gap | undefined {
  const oldestMs = page.asOfMs - ASANA_RETENTION_MS;
  if (cursor === undefined || cursor.completeToMs >= oldestMs) return undefined;
  if (!page.resumes || page.events.some(({ id }) => cursor.committed.has(id))) return undefined;
  return { fromMs: cursor.completeToMs, toMs: oldestMs, reason: 'deleted-by-asana' };
}

/** The gap record's value, JSON; its key is `StateKeys.gap`. */
export function encodeGap(gap: Gap, foundAtMs: number): Buffer {
  const { fromMs, toMs, reason } = gap;
  return Buffer.from(
    JSON.stringify({
      version: 1,
      from: isoTime(fromMs),
      to: isoTime(toMs),
      reason,
      found_at: isoTime(foundAtMs),
    }),
  );
}
