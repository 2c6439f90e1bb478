/** What every lane is given and gives back. */

import type { Stock } from './stock.ts';

export interface LanePorts {
  readonly registryUrl: string;
  /** For logs; the caller removes it. */
  readonly folder: string;
  readonly random: () => number;
  readonly progress: (line: string) => void;
}

/** What was done to the connector in a lane, and how it came out. */
export interface LaneReport {
  readonly lane: string;
  readonly kills: number;
  /** Of the kills: the broker knew of a transaction, and its end was not asked for. */
  readonly killsOpen: number;
  /** Of the kills: the commit was asked for, and its answer had not come. */
  readonly killsCommitting: number;
  readonly brokerKills: number;
  readonly coordinatorMoves: number;
  readonly leaderMoves: number;
  readonly zombies: number;
  readonly networkFaults: number;
  /** Kill of the connector to the next acknowledged commit of events. */
  readonly recoveriesMs: readonly number[];
  readonly stock: Stock;
  /** What should not have happened, but for what the stock says. */
  readonly problems: readonly string[];
  /** For the reader of the report. */
  readonly notes: readonly string[];
}

export const NOTHING_DONE = {
  kills: 0,
  killsOpen: 0,
  killsCommitting: 0,
  brokerKills: 0,
  coordinatorMoves: 0,
  leaderMoves: 0,
  zombies: 0,
  networkFaults: 0,
  recoveriesMs: [],
  problems: [],
  notes: [],
} as const;
