import { createHash } from 'node:crypto';
import type { Page } from '../asana/client.ts';
import { type Mapped, toRecord } from '../avro/mapping.ts';
import { readRfc3339Time } from '../avro/timestamp.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { PageFacts } from './chain.ts';
import type { Dated } from './cursor.ts';

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
 * What has no readable time takes that of the event before it, so that it keeps its place; what has no gid is identified by
 * its content, so that reading it again does not write a second dead letter.
 *
 * @param reachedMs the time of the event before the page
 */
export function readEvents(
  page: readonly JsonValue[],
  workspaceGid: string,
  reachedMs: number | undefined,
): StreamEvent[] {
  const events: StreamEvent[] = [];
  let previousMs = reachedMs ?? 0;
  for (const source of page) {
    const mapped = toRecord(source, workspaceGid);
    const ownMs = mapped.record?.created_at ?? timeOf(source);
    const createdAtMs = ownMs ?? previousMs;
    previousMs = createdAtMs;
    const id = mapped.record?.gid ?? contentId(source);
    events.push({ id, createdAtMs, source, mapped, isDated: ownMs !== undefined });
  }
  return events.sort((a, b) => a.createdAtMs - b.createdAtMs);
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

const contentId = (source: JsonValue): string =>
  `sha256:${createHash('sha256').update(canonicalJson(source)).digest('hex')}`;
