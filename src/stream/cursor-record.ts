import { isoTime } from '../clock.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { Cursor, OffsetState } from './cursor.ts';

const VERSION = 1;

/** The cursor as the JSON of its state record, readable with Kafka's console consumer. */
export function encodeCursor(cursor: Cursor): Buffer {
  const committed: Record<string, string[]> = {};
  for (const [id, createdAtMs] of cursor.committed) {
    const time = isoTime(createdAtMs);
    committed[time] ??= [];
    committed[time].push(id);
  }
  const record = {
    version: VERSION,
    mode: cursor.mode,
    filters: cursor.filters,
    watermark: isoTime(cursor.watermarkMs),
    committed_from_watermark: committed,
    complete_to: isoTime(cursor.completeToMs),
    offset: cursor.offset && encodeOffset(cursor.offset),
    events: cursor.events,
    digest: cursor.digest,
    dead_letters: cursor.deadLetters,
  };
  return Buffer.from(JSON.stringify(record));
}

function encodeOffset({ value, obtainedAtMs, query }: OffsetState) {
  return {
    value,
    obtained_at: isoTime(obtainedAtMs),
    start_at: query.startAtMs === undefined ? undefined : isoTime(query.startAtMs),
    end_at: query.endAtMs === undefined ? undefined : isoTime(query.endAtMs),
    limit: query.limit,
  };
}

/**
 * The cursor in a state record. Throws STATE_UNREADABLE for a tombstone, another version or a damaged record: taking any of
 * them for a first start would publish up to 90 days of events again.
 */
export function decodeCursor(key: string, value: Buffer | null): Cursor {
  if (value === null) throw unreadable(key, 'it is a tombstone');
  try {
    const record: JsonValue = JSON.parse(value.toString('utf8'));
    if (!isJsonObject(record)) throw new Error('expected an object');
    if (record.version !== VERSION)
      throw new Error(`expected version ${VERSION}, got ${JSON.stringify(record.version)}`);
    return readRecord(record);
  } catch (error) {
    throw unreadable(key, messageOf(error), error);
  }
}

const unreadable = (key: string, why: string, cause?: unknown) =>
  new ConnectorError('STATE_UNREADABLE', `the state record ${key} cannot be read: ${why}`, { cause });

function readRecord(record: JsonObject): Cursor {
  const { mode } = record;
  if (mode !== 'catching-up' && mode !== 'live') throw new Error('expected mode to be catching-up or live');
  return {
    mode,
    filters: text(record, 'filters'),
    watermarkMs: time(record, 'watermark'),
    committed: readCommitted(record.committed_from_watermark),
    completeToMs: time(record, 'complete_to'),
    offset: readOffset(record.offset),
    events: whole(record, 'events'),
    digest: hex(record, 'digest'),
    deadLetters: whole(record, 'dead_letters'),
  };
}

function readCommitted(value: JsonValue | undefined): Map<string, number> {
  if (!isJsonObject(value)) throw new Error('expected committed_from_watermark to be an object');
  const committed = new Map<string, number>();
  for (const [at, ids] of Object.entries(value)) {
    if (!Array.isArray(ids)) throw new Error(`expected committed_from_watermark.${at} to be an array`);
    for (const id of ids) {
      if (typeof id !== 'string') throw new Error(`expected committed_from_watermark.${at} to hold texts`);
      committed.set(id, time({ [at]: at }, at));
    }
  }
  return committed;
}

function readOffset(value: JsonValue | undefined): OffsetState | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw new Error('expected offset to be an object');
  return {
    value: text(value, 'value'),
    obtainedAtMs: time(value, 'obtained_at'),
    query: {
      startAtMs: value.start_at === undefined ? undefined : time(value, 'start_at'),
      endAtMs: value.end_at === undefined ? undefined : time(value, 'end_at'),
      limit: value.limit === undefined ? undefined : whole(value, 'limit'),
    },
  };
}

function text(record: JsonObject, name: string): string {
  const value = record[name];
  if (typeof value !== 'string') throw new Error(`expected ${name} to be a text`);
  return value;
}

function time(record: JsonObject, name: string): number {
  const timeMs = Date.parse(text(record, name));
  if (Number.isNaN(timeMs)) throw new Error(`expected ${name} to be a time`);
  return timeMs;
}

function whole(record: JsonObject, name: string): number {
  const value = record[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Error(`expected ${name} to be a count`);
  return value;
}

function hex(record: JsonObject, name: string): string {
  const value = text(record, name);
  if (!/^[0-9a-f]{32}$/.test(value)) throw new Error(`expected ${name} to be 32 hexadecimal digits`);
  return value;
}
