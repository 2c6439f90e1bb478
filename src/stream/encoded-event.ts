import type { EventSerializer } from '../avro/serializer.ts';
import type { Unmappable } from '../avro/unmappable.ts';
import type { JsonValue } from '../json.ts';
import type { Dated } from './cursor.ts';
import type { StreamEvent } from './events.ts';

/** An event as it will be written. Its JSON is not kept: many wait for their turn while a stream catches up. */
export type EncodedEvent = Dated &
  (
    | { readonly value: Buffer; readonly unmappable: undefined }
    /** The event whole, and why it has no record. */
    | { readonly value: undefined; readonly unmappable: { readonly source: JsonValue } & Unmappable }
  );

export const encodeEvents = (
  events: readonly StreamEvent[],
  serializer: Pick<EventSerializer, 'encode'>,
): EncodedEvent[] =>
  events.map(({ id, createdAtMs, source, mapped: { record, unmappable } }) =>
    record === undefined
      ? { id, createdAtMs, value: undefined, unmappable: { source, ...unmappable } }
      : { id, createdAtMs, value: serializer.encode(record), unmappable: undefined },
  );
