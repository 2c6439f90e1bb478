/** What a whole soak must have done to show anything: a run that breaks less is not a good one, however clean. */

import type { LaneReport } from '../faults/lane.ts';
import { percentile } from '../faults/statistics.ts';

interface Goal {
  readonly what: string;
  readonly actual: number;
  /** The actual figure must be at least this, or at most. */
  readonly least?: number;
  readonly most?: number;
}

type Sum = (of: (report: LaneReport) => number) => number;

const KILLS = 200;
const OPEN_SHARE_PERCENT = 30;
const KILLED_EVENTS = 1_000_000;
const BROKER_KILLS = 30;
const LEADER_MOVES = 30;
const COORDINATOR_MOVES = 20;
const ZOMBIES = 30;
const RECOVERY_P50_S = 5;
const RECOVERY_P99_S = 20;

/** By name, each figure that falls short; none, exactly when the run was a whole one. */
export function shortfalls(reports: readonly LaneReport[]): string[] {
  return goals(reports)
    .filter(({ actual, least, most }) => !(actual >= (least ?? actual) && actual <= (most ?? actual)))
    .map(({ what, actual, least, most }) =>
      least === undefined
        ? `${what}: ${shown(actual)}, at most ${shown(most ?? 0)}`
        : `${what}: ${shown(actual)} of ${shown(least)}`,
    );
}

function goals(reports: readonly LaneReport[]): Goal[] {
  const sum: Sum = (of) => reports.reduce((total, report) => total + of(report), 0);
  const kills = sum((report) => report.kills);
  const recoveriesMs = reports.flatMap((report) => report.recoveriesMs);
  // Not a number where none was measured, which no bound lets pass.
  const recoveryS = (share: number) => (percentile(recoveriesMs, share) ?? Number.NaN) / 1_000;
  return [
    { what: 'kills -9 of the connector', actual: kills, least: KILLS },
    {
      what: 'percent of them with a transaction open',
      actual: (100 * sum((report) => report.killsOpen)) / kills,
      least: OPEN_SHARE_PERCENT,
    },
    {
      what: 'events of the lanes that kill the connector',
      actual: sum((report) => (report.kills > 0 ? report.stock.events : 0)),
      least: KILLED_EVENTS,
    },
    { what: 'broker kills -9', actual: sum((report) => report.brokerKills), least: BROKER_KILLS },
    { what: 'leader moves', actual: sum((report) => report.leaderMoves), least: LEADER_MOVES },
    {
      what: 'transaction coordinator moves',
      actual: sum((report) => report.coordinatorMoves),
      least: COORDINATOR_MOVES,
    },
    { what: 'zombies', actual: sum((report) => report.zombies), least: ZOMBIES },
    { what: 'recovery p50 in seconds', actual: recoveryS(0.5), most: RECOVERY_P50_S },
    { what: 'recovery p99 in seconds', actual: recoveryS(0.99), most: RECOVERY_P99_S },
  ];
}

const shown = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });
