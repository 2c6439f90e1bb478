import type { Page } from '../asana/client.ts';
import { type Mapped, toRecord } from '../avro/mapping.ts';
import { readRfc3339Time } from '../avro/timestamp.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { contentId } from './content-id.ts';
import type { Dated } from './cursor.ts';
import type { PageFacts } from './step.ts';

/** One event of a page, read: what it is for the cursor, and its record or why it has none. */
export interface StreamEvent extends Dated {
  readonly source: JsonValue;
  readonly mapped: Mapped;
  /** Whether the time is its own. */
  readonly isDated: boolean;
}

/**
 * The events of a page, in time order. Asana sends them so; sorting (stable) costs nothing then.
 *
 * What has no readable time takes that of the next event that has one, or of the last one, so that it keeps its place. Not of
 * the one before it: it would be taken to be older than a watermark that it is not behind, and be forgotten. What has no gid is
 * identified by its content. So reading either again does not write a second dead letter.
 *
 * @param reachedMs the time of the event before the page
 */
export function readEvents(
  page: readonly JsonValue[],
  workspaceGid: string,
  reachedMs: number | undefined,
): StreamEvent[] {
  const read = page.map((source) => {
    const mapped = toRecord(source, workspaceGid);
    return { source, mapped, ownMs: mapped.record?.created_at ?? timeOf(source) };
  });
  let nextMs = read.findLast(({ ownMs }) => ownMs !== undefined)?.ownMs ?? reachedMs ?? 0;
  const events: StreamEvent[] = [];
  for (const { source, mapped, ownMs } of read.toReversed()) {
    nextMs = ownMs ?? nextMs;
    const id = mapped.record?.gid ?? contentId(source);
    events.push({ id, createdAtMs: nextMs, source, mapped, isDated: ownMs !== undefined });
  }
  return events.reverse().sort((a, b) => a.createdAtMs - b.createdAtMs);
}

/**
 * What of a page decides where to go on. An event that is dated in Asana's future does not: a chain that went on by its time
 * would skip all until then.
 */
export function factsOf({ offset, asOfMs }: Page, events: readonly StreamEvent[]): PageFacts {
  const last = events.findLast(({ isDated, createdAtMs }) => isDated && createdAtMs <= asOfMs);
  return {
    count: events.length,
    lastCreatedAtMs: last?.createdAtMs,
    youngestMs: events.at(-1)?.createdAtMs,
    offset,
    asOfMs,
  };
}

function timeOf(source: JsonValue): number | undefined {
  const createdAt = isJsonObject(source) ? source.created_at : undefined;
  const timeMs = typeof createdAt === 'string' ? readRfc3339Time(createdAt) : Number.NaN;
  return timeMs >= 0 ? timeMs : undefined;
}
