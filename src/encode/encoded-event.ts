import type { PageEvent } from '../asana/page.ts';
import type { Unmappable } from '../avro/unmappable.ts';
import type { ByteRange } from '../byte-range.ts';

/** An event as it will be written. Its JSON is not kept: many wait for their turn while a stream catches up. */
export type EncodedEvent = PageEvent &
  (
    | {
        /** Its record as Avro, behind `HEADER_BYTES` that are yet to be written: which schema that is, is said there. */
        readonly value: ByteRange;
        readonly unmappable: undefined;
      }
    | { readonly value: undefined; readonly unmappable: UnmappableEvent }
  );

/** The event whole, as canonical JSON, and why it has no record. */
export type UnmappableEvent = { readonly json: string } & Unmappable;
