import { isoTime } from '../clock.ts';
import type { StateKeys } from '../kafka/state-keys.ts';
import { readKnown } from './record-version.ts';

const REPUBLISHED_VERSION = 1;

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
  const record = { version: REPUBLISHED_VERSION, at: isoTime(atMs), from, to: isoTime(toMs) };
  return Buffer.from(JSON.stringify(record));
}

/** Of the last value of each key of a state topic, what of the stream was published again, as it happened. Throws STATE_TOO_NEW. */
export function republications(
  state: Iterable<[string, Buffer | null]>,
  { republished, republications }: StateKeys,
): Republished[] {
  return [...state]
    .flatMap(([key, value]) => {
      const found = key.startsWith(republications) ? decode(key, value) : undefined;
      return found && key === republished(found.atMs) ? [found] : [];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

function decode(key: string, value: Buffer | null): Republished | undefined {
  const record = readKnown(key, value, REPUBLISHED_VERSION);
  if (record === undefined) return undefined;
  const [atMs, toMs] = [Date.parse(String(record.at)), Date.parse(String(record.to))];
  const fromMs = record.from === null ? undefined : Date.parse(String(record.from));
  return Number.isNaN(atMs + toMs + (fromMs ?? 0)) ? undefined : { atMs, fromMs, toMs };
}
