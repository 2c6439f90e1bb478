import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';

/** An event as a page has it, with an empty record. */
export const anEvent = (id: string, createdAtMs: number | undefined): EncodedEvent => ({
  id,
  createdAtMs,
  isDated: createdAtMs !== undefined,
  value: { memory: Buffer.alloc(HEADER_BYTES), start: 0, end: HEADER_BYTES },
  unmappable: undefined,
});
