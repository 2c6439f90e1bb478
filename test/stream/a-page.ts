import { NO_HABITS } from '../../src/stream/chain.ts';
import type { ReadPage } from '../../src/stream/read-page.ts';

/** A page of a stream that catches up, without events but for what `parts` says. */
export const aPage = (parts: Partial<ReadPage> = {}): ReadPage => ({
  mode: 'catching-up',
  query: { filters: {} },
  events: [],
  offset: null,
  asOfMs: 0,
  nowMs: 0,
  sizeBytes: 0,
  lessons: { habits: NO_HABITS },
  left: 'more',
  readToMs: undefined,
  resumes: false,
  ...parts,
});
