import type { LaneReport } from '../faults/lane.ts';

/** What a lane's stock-taking says when nothing is wrong. */
export const CLEAN_STOCK: NonNullable<LaneReport['stock']> = {
  events: 1_000_000,
  lost: 0,
  duplicated: 0,
  late: 800,
  cursors: 3_000,
  sessions: 201,
  violations: [],
  ledger: 'proven',
  balanced: true,
};
