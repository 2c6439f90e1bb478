import type { PageEvent } from '../asana/page.ts';
import type { Mapped } from '../avro/mapping.ts';
import { readRfc3339Time } from '../avro/timestamp.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { contentId } from './content-id.ts';

/** What an event is known by, and when it happened, whether it has a record or not. */
export const identityOf = (source: JsonValue, { record }: Mapped): PageEvent =>
  record === undefined ? dated(contentId(source), timeOf(source)) : dated(record.gid, record.created_at);

const dated = (id: string, createdAtMs: number | undefined): PageEvent => ({
  id,
  createdAtMs,
  isDated: createdAtMs !== undefined,
});

function timeOf(source: JsonValue): number | undefined {
  const createdAt = isJsonObject(source) ? source.created_at : undefined;
  const timeMs = typeof createdAt === 'string' ? readRfc3339Time(createdAt) : Number.NaN;
  return timeMs >= 0 ? timeMs : undefined;
}
