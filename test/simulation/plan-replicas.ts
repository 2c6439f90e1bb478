/** How the replicas of a fleet come and go: decided before the run begins. */

import { Dice } from './dice.ts';
import type { CallStep } from './process.ts';

export interface ReplicasPlan {
  readonly scenario: Scenario;
  /** How many there are at the beginning. */
  readonly first: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
}

export const SCENARIOS = ['every 2 s', 'one, three, one', 'rolling restart', 'more than streams'] as const;
export type Scenario = (typeof SCENARIOS)[number];

export type Move =
  | { readonly kind: 'replica joins' }
  | { readonly kind: 'replica leaves'; readonly by: 'SIGTERM' | 'kill' }
  | { readonly kind: 'replica is replaced' }
  | { readonly kind: 'replica is killed while handing over'; readonly step: CallStep }
  | { readonly kind: 'replica is killed in its stop'; readonly operation: string }
  | { readonly kind: 'replica stands still'; readonly forMs: number }
  | { readonly kind: 'group unreachable'; readonly of: 'one' | 'all'; readonly forMs: number };

export const MOVE_KINDS: readonly Move['kind'][] = [
  'replica joins',
  'replica leaves',
  'replica is replaced',
  'replica is killed while handing over',
  'replica is killed in its stop',
  'replica stands still',
  'group unreachable',
];

export interface ScheduledMove {
  readonly atMs: number;
  readonly move: Move;
}

interface FleetPlan {
  readonly seed: number;
  readonly replicas: ReplicasPlan | undefined;
  readonly faultMs: number;
}

const PURPOSE = 14;
const KILLS_PURPOSE = 15;
/** Between SIGTERM and the end, by how the operations of ports begin: what is under way is ended, then the group is left. */
const LAST_OPERATIONS = ['send', 'commit', 'abort', 'close', 'leave'];
const MOST_REPLICAS = 5;
const SECOND_MS = 1_000;

export function replicasOf(dice: Dice, streams: number): ReplicasPlan {
  const scenario = dice.pick(SCENARIOS);
  const first = {
    'every 2 s': dice.whole(1, MOST_REPLICAS),
    'one, three, one': 1,
    'rolling restart': 3,
    'more than streams': streams + dice.whole(1, 2),
  };
  return {
    scenario,
    first: first[scenario],
    sessionTimeoutMs: dice.pick([6, 10, 20]) * SECOND_MS,
    heartbeatMs: dice.pick([500, 1_000]),
  };
}

/** Within the first `faultMs`, in any order. */
export function scheduleMoves({ seed, replicas, faultMs }: FleetPlan): ScheduledMove[] {
  if (replicas === undefined) return [];
  const dice = new Dice(seed, PURPOSE);
  const { scenario, first, sessionTimeoutMs } = replicas;
  const changes = {
    'every 2 s': () => changeEvery(dice, first, 2 * SECOND_MS, faultMs),
    'one, three, one': () => [
      ...joins(2).map((move) => ({ atMs: faultMs / 4, move })),
      ...leaves(dice, 2).map((move) => ({ atMs: (faultMs * 3) / 4, move })),
    ],
    'rolling restart': () => replacements(first, faultMs),
    'more than streams': () => [],
  };
  const troubles: Move[] = [];
  if (dice.chance(0.5))
    troubles.push({ kind: 'replica stands still', forMs: sessionTimeoutMs * (1.2 + 3 * dice.random()) });
  if (dice.chance(0.5))
    troubles.push({
      kind: 'group unreachable',
      of: dice.pick(['one', 'all']),
      forMs: dice.scale(2, 60) * SECOND_MS,
    });
  const kills = new Dice(seed, KILLS_PURPOSE);
  // One more joins for it, which would be one too many here.
  if (scenario !== 'one, three, one' && kills.chance(0.7))
    troubles.push({
      kind: 'replica is killed while handing over',
      step: kills.pick(['called', 'answered']),
    });
  if (kills.chance(0.5))
    troubles.push({ kind: 'replica is killed in its stop', operation: kills.pick(LAST_OPERATIONS) });
  return [
    ...changes[scenario](),
    ...troubles.map((move) => ({ atMs: (0.1 + 0.6 * dice.random()) * faultMs, move })),
  ];
}

const joins = (count: number): Move[] => Array.from({ length: count }, () => ({ kind: 'replica joins' }));

const leaves = (dice: Dice, count: number): Move[] =>
  Array.from({ length: count }, () => ({
    kind: 'replica leaves',
    by: dice.pick(['SIGTERM', 'SIGTERM', 'SIGTERM', 'kill']),
  }));

/** Each in turn, the oldest first. */
const replacements = (count: number, withinMs: number): ScheduledMove[] =>
  Array.from({ length: count }, (_, at) => ({
    atMs: ((at + 1) * withinMs) / (count + 2),
    move: { kind: 'replica is replaced' },
  }));

/** One joins or leaves, and at least one is always there. */
function changeEvery(dice: Dice, first: number, everyMs: number, untilMs: number): ScheduledMove[] {
  const moves: ScheduledMove[] = [];
  let replicas = first;
  for (let atMs = everyMs; atMs < untilMs; atMs += everyMs) {
    const isJoin = replicas === 1 || (replicas < MOST_REPLICAS && dice.chance(0.5));
    replicas += isJoin ? 1 : -1;
    moves.push(...(isJoin ? joins(1) : leaves(dice, 1)).map((move) => ({ atMs, move })));
  }
  return moves;
}
