import { isoTime } from '../clock.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { CONNECTOR_VERSION } from '../version.ts';
import type { Books, Cursor, OffsetState } from './cursor.ts';
import { refuseNewer } from './record-version.ts';

const CURSOR_VERSION = 1;
// A version of its own, so that a connector that knows no resets halts instead of taking one for a cursor.
const RESET_VERSION = 2;

/** An operator's word that the stream starts anew, in the place of its cursor: what it has put where stays true. */
export interface Reset extends Books {
  readonly resetAtMs: number;
  /** Of the events that are published again. */
  readonly filters: string;
}

export const isReset = (position: Cursor | Reset): position is Reset => 'resetAtMs' in position;

/** The cursor as the JSON of its state record, readable with Kafka's console consumer. */
export function encodeCursor(cursor: Cursor): Buffer {
  const record = {
    version: CURSOR_VERSION,
    written_by: CONNECTOR_VERSION,
    mode: cursor.mode,
    filters: cursor.filters,
    watermark: isoTime(cursor.watermarkMs),
    committed_from_watermark: encodeIds(cursor.committed),
    complete_to: isoTime(cursor.completeToMs),
    offset: cursor.offset && encodeOffset(cursor.offset),
    swept_to: isoTime(cursor.sweptToMs),
    swept: encodeIds(cursor.swept),
    ...encodeBooks(cursor),
  };
  return Buffer.from(JSON.stringify(record));
}

export function encodeReset(reset: Reset): Buffer {
  const record = {
    version: RESET_VERSION,
    written_by: CONNECTOR_VERSION,
    reset_at: isoTime(reset.resetAtMs),
    filters: reset.filters,
    ...encodeBooks(reset),
  };
  return Buffer.from(JSON.stringify(record));
}

const encodeBooks = (books: Books) => ({
  events_topic: books.eventsTopic,
  ends: Object.fromEntries(books.ends),
  events: books.events,
  digest: books.digest,
  dead_letters: books.deadLetters,
  dead_letters_end: books.deadLettersEnd,
});

/** By time, as many ids share a millisecond. */
function encodeIds(ids: ReadonlyMap<string, number>): Record<string, string[]> {
  const byTime: Record<string, string[]> = {};
  for (const [id, createdAtMs] of ids) {
    const time = isoTime(createdAtMs);
    byTime[time] ??= [];
    byTime[time].push(id);
  }
  return byTime;
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
 * The cursor in a state record, or the reset in its place. Throws STATE_TOO_NEW for a newer version, and STATE_UNREADABLE for a
 * tombstone or a damaged record: taking any of them for a first start would publish up to 90 days of events again.
 */
export function decodePosition(key: string, value: Buffer | null): Cursor | Reset {
  if (value === null) throw unreadable(key, 'it is a tombstone');
  try {
    const record: JsonValue = JSON.parse(value.toString('utf8'));
    if (!isJsonObject(record)) throw new Error('expected an object');
    refuseNewer(key, record, RESET_VERSION);
    if (record.version === CURSOR_VERSION) return readCursor(record);
    if (record.version === RESET_VERSION) return readReset(record);
    throw new Error(
      `expected version ${CURSOR_VERSION} or ${RESET_VERSION}, got ${JSON.stringify(record.version)}`,
    );
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw unreadable(key, messageOf(error), error);
  }
}

const unreadable = (key: string, why: string, cause?: unknown) =>
  new ConnectorError('STATE_UNREADABLE', `the state record ${key} cannot be read: ${why}`, { cause });

/** The cursor alone. Throws STATE_UNREADABLE for a reset as well. */
export function decodeCursor(key: string, value: Buffer | null): Cursor {
  const position = decodePosition(key, value);
  if (isReset(position)) throw unreadable(key, 'it is a reset');
  return position;
}

const readReset = (record: JsonObject): Reset => ({
  resetAtMs: time(record, 'reset_at'),
  filters: text(record, 'filters'),
  ...readBooks(record),
});

function readCursor(record: JsonObject): Cursor {
  const { mode } = record;
  if (mode !== 'catching-up' && mode !== 'live') throw new Error('expected mode to be catching-up or live');
  return {
    mode,
    filters: text(record, 'filters'),
    watermarkMs: time(record, 'watermark'),
    committed: readIds(record, 'committed_from_watermark'),
    completeToMs: time(record, 'complete_to'),
    offset: readOffset(record.offset),
    sweptToMs: time(record, 'swept_to'),
    swept: readIds(record, 'swept'),
    ...readBooks(record),
  };
}

const readBooks = (record: JsonObject): Books => ({
  eventsTopic: text(record, 'events_topic'),
  ends: readEnds(record),
  events: whole(record, 'events'),
  digest: hex(record, 'digest'),
  deadLetters: whole(record, 'dead_letters'),
  deadLettersEnd: whole(record, 'dead_letters_end'),
});

function readIds(record: JsonObject, name: string): Map<string, number> {
  const read = new Map<string, number>();
  for (const [at, ids] of Object.entries(object(record, name))) {
    const isTexts = Array.isArray(ids) && ids.every((id) => typeof id === 'string');
    if (!isTexts) throw new Error(`expected ${name}.${at} to be an array of texts`);
    for (const id of ids) read.set(id, time({ [at]: at }, at));
  }
  return read;
}

function readEnds(record: JsonObject): Map<number, number> {
  const ends = object(record, 'ends');
  return new Map(Object.keys(ends).map((partition) => [Number(partition), whole(ends, partition)]));
}

function object(record: JsonObject, name: string): JsonObject {
  const value = record[name];
  if (!isJsonObject(value)) throw new Error(`expected ${name} to be an object`);
  return value;
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
