import type { PageSeen } from '../../src/stream/page-seen.ts';
import { NO_RHYTHM } from '../../src/stream/rhythm.ts';
import type { Pace } from '../../src/stream/window-pace.ts';

/** Of a source with one event a millisecond, in pages of 1,000, 250 ms away. */
export const aPace = (): Pace => ({
  roundTripMs: 250,
  pageEvents: 1_000,
  pageBytes: 640_000,
  sightings: [{ atMs: 0, density: 1, lengthMs: 20_000 }],
  rhythm: NO_RHYTHM,
  trust: 32,
});

/** The first page of it. */
export const aPageSeen = (parts: Partial<PageSeen> = {}): PageSeen => ({
  events: 1_000,
  bytes: 640_000,
  roundTripMs: 250,
  firstMs: 0,
  reachedMs: 999,
  hours: new Map(),
  isFirst: true,
  windowEvents: 1_000,
  endsWindow: false,
  ...parts,
});
