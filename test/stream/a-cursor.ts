import type { Cursor } from '../../src/stream/cursor.ts';
import { EMPTY_DIGEST } from '../../src/stream/digest.ts';

/** A cursor of a stream that has committed nothing but what `parts` says. */
export const aCursor = (parts: Partial<Cursor> = {}): Cursor => ({
  mode: 'catching-up',
  filters: '',
  watermarkMs: 0,
  committed: new Map(),
  completeToMs: 0,
  offset: undefined,
  sweptToMs: 0,
  swept: new Map(),
  eventsTopic: 'e',
  ends: new Map(),
  events: 0,
  digest: EMPTY_DIGEST,
  deadLetters: 0,
  deadLettersEnd: 0,
  ...parts,
});
