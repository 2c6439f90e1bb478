import { isoTime } from '../clock.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { StateKeys } from '../kafka/state-keys.ts';

/** An operator had a past published again: events that were created in it may be in the topic once more than once. */
export interface Republished {
  readonly atMs: number;
  /** Undefined: from the oldest event that Asana had. */
  readonly fromMs: number | undefined;
  /** Exclusive. */
  readonly toMs: number;
}

export function encodeRepublished({ atMs, fromMs, toMs }: Republished): Buffer {
  const from = fromMs === undefined ? null : isoTime(fromMs);
  return Buffer.from(JSON.stringify({ version: 1, at: isoTime(atMs), from, to: isoTime(toMs) }));
}

/** Of the last value of each key of a state topic, what of the stream was published again, as it happened. */
export function republications(
  state: Iterable<[string, Buffer | null]>,
  { republished }: StateKeys,
): Republished[] {
  return [...state]
    .flatMap(([key, value]) => {
      const found = key.includes('/republished/') ? decode(value) : undefined;
      return found && key === republished(found.atMs) ? [found] : [];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

function decode(value: Buffer | null): Republished | undefined {
  try {
    const record: JsonValue = JSON.parse(String(value));
    if (!isJsonObject(record)) return undefined;
    const [atMs, toMs] = [Date.parse(String(record.at)), Date.parse(String(record.to))];
    const fromMs = record.from === null ? undefined : Date.parse(String(record.from));
    return Number.isNaN(atMs + toMs + (fromMs ?? 0)) ? undefined : { atMs, fromMs, toMs };
  } catch {
    return undefined;
  }
}
