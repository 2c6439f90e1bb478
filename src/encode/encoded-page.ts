import type { EncodedEvent, UnmappableEvent } from './encoded-event.ts';

/** A page of encoded events in columns: so it goes from thread to thread, with its memory and not as a thousand objects. */
export interface EncodedPage {
  readonly offset: string | null;
  readonly ids: readonly string[];
  /** NaN where an event has none of its own. */
  readonly createdAtMs: Float64Array<ArrayBuffer>;
  /** All values, one behind the other. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** By event, where its value ends in `bytes`; it begins where the one before it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** By event, of those that have no value. */
  readonly unmappable: ReadonlyMap<number, UnmappableEvent>;
}

/** The memory that may go with a page to another thread. */
export const memoryOf = ({ createdAtMs, bytes, ends }: EncodedPage): ArrayBuffer[] => [
  createdAtMs.buffer,
  bytes.buffer,
  ends.buffer,
];

export function eventsOf({ ids, createdAtMs, bytes, ends, unmappable }: EncodedPage): EncodedEvent[] {
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  return ids.map((id, at) => {
    const timeMs = createdAtMs[at] ?? Number.NaN;
    const isDated = !Number.isNaN(timeMs);
    const when = isDated ? timeMs : undefined;
    const why = unmappable.get(at);
    if (why !== undefined) return { id, createdAtMs: when, isDated, value: undefined, unmappable: why };
    const value = { memory, start, end: ends[at] ?? start };
    start = value.end;
    return { id, createdAtMs: when, isDated, value, unmappable: undefined };
  });
}
