import type { PageEvent } from '../asana/page.ts';
import type { Unmappable } from '../avro/unmappable.ts';

/** An event as it will be written. Its JSON is not kept: many wait for their turn while a stream catches up. */
export type EncodedEvent = PageEvent &
  (
    | {
        /** Its record as Avro, behind `HEADER_BYTES` that are yet to be written: which schema that is, is said there. */
        readonly value: EncodedValue;
        readonly unmappable: undefined;
      }
    | { readonly value: undefined; readonly unmappable: UnmappableEvent }
  );

/** Where it is in the memory of its page: a buffer takes three times as much, and many events wait for their turn. */
export interface EncodedValue {
  readonly memory: Buffer;
  readonly start: number;
  readonly end: number;
}

export const bytesOf = ({ memory, start, end }: EncodedValue): Buffer => memory.subarray(start, end);

/** The event whole, as canonical JSON, and why it has no record. */
export type UnmappableEvent = { readonly json: string } & Unmappable;
