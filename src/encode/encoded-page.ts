import type { EncodedEvent, UnmappableEvent } from './encoded-event.ts';

/** A page of encoded events in columns: so it goes from thread to thread, with its memory and not as a thousand objects. */
export interface EncodedPage {
  readonly offset: string | null;
  readonly ids: readonly string[];
  /** NaN where an event has no time of its own. */
  readonly ownMs: Float64Array<ArrayBuffer>;
  /** All values, one behind the other. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** By event, where its value ends in `bytes`; it begins where the one before it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** By event, of those that have no value. */
  readonly unmappable: ReadonlyMap<number, UnmappableEvent>;
}

/** The memory that may go with a page to another thread. */
export const memoryOf = ({ ownMs, bytes, ends }: EncodedPage): ArrayBuffer[] => [
  ownMs.buffer,
  bytes.buffer,
  ends.buffer,
];

export function eventsOf({ ids, ownMs, bytes, ends, unmappable }: EncodedPage): EncodedEvent[] {
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  return ids.map((id, at) => {
    const timeMs = ownMs[at] ?? Number.NaN;
    const own = Number.isNaN(timeMs) ? undefined : timeMs;
    const why = unmappable.get(at);
    if (why !== undefined) return { id, ownMs: own, value: undefined, unmappable: why };
    const value = { memory, start, end: ends[at] ?? start };
    start = value.end;
    return { id, ownMs: own, value, unmappable: undefined };
  });
}
