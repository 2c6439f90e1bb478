import { createHash } from 'node:crypto';
import { type Mapped, toRecord } from '../avro/mapping.ts';
import { readRfc3339Time } from '../avro/timestamp.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { Dated } from './cursor.ts';

/** One event of a page, read: what it is for the cursor, and its record or why it has none. */
export interface StreamEvent extends Dated {
  readonly source: JsonValue;
  readonly mapped: Mapped;
}

/**
 * The events of a page, in time order. Asana sends them so; sorting (stable) costs nothing then.
 *
 * What has no readable time takes that of the event before it, so that it keeps its place; what has no gid is identified by
 * its content, so that reading it again does not write a second dead letter.
 */
export function readEvents(page: readonly JsonValue[], workspaceGid: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  let previousMs = 0;
  for (const source of page) {
    const mapped = toRecord(source, workspaceGid);
    const createdAtMs = mapped.record?.created_at ?? timeOf(source) ?? previousMs;
    previousMs = createdAtMs;
    events.push({ id: mapped.record?.gid ?? contentId(source), createdAtMs, source, mapped });
  }
  return events.sort((a, b) => a.createdAtMs - b.createdAtMs);
}

function timeOf(source: JsonValue): number | undefined {
  const createdAt = isJsonObject(source) ? source.created_at : undefined;
  const timeMs = typeof createdAt === 'string' ? readRfc3339Time(createdAt) : Number.NaN;
  return timeMs >= 0 ? timeMs : undefined;
}

const contentId = (source: JsonValue): string =>
  `sha256:${createHash('sha256').update(canonicalJson(source)).digest('hex')}`;
