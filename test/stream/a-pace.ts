import type { Pace, PageSeen } from '../../src/stream/window-pace.ts';

/** Of a source with one event a millisecond, in pages of 1,000, 250 ms away. */
export const aPace = (): Pace => ({
  roundTripMs: 250,
  pageEvents: 1_000,
  pageBytes: 640_000,
  sightings: [{ atMs: 0, density: 1, lengthMs: 20_000 }],
  trust: 32,
});

/** The first page of it. */
export const aPageSeen = (parts: Partial<PageSeen> = {}): PageSeen => ({
  events: 1_000,
  bytes: 640_000,
  roundTripMs: 250,
  firstMs: 0,
  reachedMs: 999,
  windowEvents: 1_000,
  endsWindow: false,
  ...parts,
});
