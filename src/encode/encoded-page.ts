import { gidAt } from '../avro/gid-at.ts';
import type { EncodedEvent, UnmappableEvent } from './encoded-event.ts';

/** A page of encoded events in columns: so it goes from thread to thread, with its memory and not as a thousand objects. */
export interface EncodedPage {
  readonly offset: string | null;
  /** NaN where an event has none of its own. */
  readonly createdAtMs: Float64Array<ArrayBuffer>;
  /** All values, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By event, where its value ends in `bytes`; it begins where the one before it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** By event, of those that have no value. */
  readonly unmappable: ReadonlyMap<number, UnmappableEvent & { readonly id: string }>;
}

/** The memory that may go with a page to another thread. */
export const memoryOf = ({ createdAtMs, bytes, ends }: EncodedPage): ArrayBuffer[] => [
  createdAtMs.buffer,
  bytes.buffer,
  ends.buffer,
];

export function eventsOf({ createdAtMs, bytes, ends, unmappable }: EncodedPage): EncodedEvent[] {
  // A buffer comes out of another thread as a plain Uint8Array.
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: EncodedEvent[] = [];
  let start = 0;
  for (const [at, end] of ends.entries()) {
    const timeMs = createdAtMs[at] ?? Number.NaN;
    const isDated = !Number.isNaN(timeMs);
    const when = isDated ? timeMs : undefined;
    const why = unmappable.get(at);
    if (why !== undefined) {
      const { id, ...event } = why;
      events.push({ id, createdAtMs: when, isDated, value: undefined, unmappable: event });
    } else {
      const value = { memory, start, end };
      events.push({ id: gidAt(memory, start), createdAtMs: when, isDated, value, unmappable: undefined });
    }
    start = end;
  }
  return events;
}
