/** What goes wrong in a run, and when: drawn from the seed before it begins. */

import { Dice } from './dice.ts';
import { NODES } from './kafka-model.ts';
import type { Api, Fate } from './kafka-network.ts';
import type { Plan } from './plan.ts';
import type { CallStep } from './process.ts';

export type Fault =
  | { readonly kind: 'kill' }
  | { readonly kind: 'kill at a step'; readonly operation: string; readonly step: CallStep }
  | { readonly kind: 'SIGTERM' }
  | { readonly kind: 'SIGSTOP'; readonly forMs: number }
  | {
      readonly kind: 'SIGSTOP at a step';
      readonly operation: string;
      readonly step: CallStep;
      readonly forMs: number;
    }
  | { readonly kind: 'failover while stopped'; readonly operation: string; readonly forMs: number }
  | { readonly kind: 'twin'; readonly forMs: number }
  | { readonly kind: 'clock jump'; readonly byMs: number }
  | { readonly kind: 'node down'; readonly node: number; readonly forMs: number; readonly electionMs: number }
  | { readonly kind: 'leader moves'; readonly everyMs: number; readonly forMs: number }
  | { readonly kind: 'request goes wrong'; readonly api: Api; readonly fate: Fate }
  | { readonly kind: 'losses'; readonly share: number; readonly forMs: number }
  | { readonly kind: 'send skipped' }
  | {
      readonly kind: 'neighbour holds a transaction';
      readonly forMs: number;
      readonly result: 'commit' | 'abort';
    }
  | { readonly kind: 'compaction' }
  | { readonly kind: 'registry down'; readonly forMs: number }
  | { readonly kind: 'asana down'; readonly forMs: number }
  | { readonly kind: 'token revoked'; readonly forMs: number };

export type FaultKind = Fault['kind'];

export interface ScheduledFault {
  readonly atMs: number;
  readonly fault: Fault;
}

const SECOND_MS = 1_000;
const PURPOSE = 5;
const STEPS: readonly CallStep[] = ['called', 'answered'];
/** Operations of ports, by how their names begin; the state topic's sends apart from the others. */
const OPERATIONS = [
  'GET',
  'begin',
  'send',
  'send 1 to state',
  'commit',
  'abort',
  'fetch state',
  'connect',
  'describe',
];
const APIS: readonly Api[] = [
  'InitProducerId',
  'AddPartitionsToTxn',
  'Produce',
  'EndTxn',
  'EndTxn',
  'EndTxn',
  'Fetch',
];
const FATES: readonly Fate[] = ['request-lost', 'reply-lost', 'late'];

type Draw = (dice: Dice) => Fault;

/** By kind, so that the compiler knows when one is missing. */
const DRAWS: { readonly [Kind in FaultKind]: (dice: Dice) => Extract<Fault, { kind: Kind }> } = {
  kill: () => ({ kind: 'kill' }),
  'kill at a step': (dice) => ({
    kind: 'kill at a step',
    operation: dice.pick(OPERATIONS),
    step: dice.pick(STEPS),
  }),
  SIGTERM: () => ({ kind: 'SIGTERM' }),
  SIGSTOP: (dice) => ({ kind: 'SIGSTOP', forMs: dice.scale(1, 120) * SECOND_MS }),
  'SIGSTOP at a step': (dice) => ({
    kind: 'SIGSTOP at a step',
    operation: dice.pick(OPERATIONS),
    step: dice.pick(STEPS),
    forMs: dice.scale(5, 120) * SECOND_MS,
  }),
  'failover while stopped': (dice) => ({
    kind: 'failover while stopped',
    operation: dice.pick(OPERATIONS),
    forMs: dice.scale(3, 60) * SECOND_MS,
  }),
  twin: (dice) => ({ kind: 'twin', forMs: dice.scale(2, 60) * SECOND_MS }),
  'clock jump': (dice) => ({ kind: 'clock jump', byMs: dice.whole(-30, 30) * SECOND_MS }),
  'node down': (dice) => ({
    kind: 'node down',
    node: dice.pick(NODES),
    forMs: dice.scale(1, 60) * SECOND_MS,
    electionMs: dice.scale(10, 8_000),
  }),
  'leader moves': (dice) => ({
    kind: 'leader moves',
    everyMs: dice.scale(5, 1_000),
    forMs: dice.scale(5, 40) * SECOND_MS,
  }),
  'request goes wrong': (dice) => ({
    kind: 'request goes wrong',
    api: dice.pick(APIS),
    fate: dice.pick(FATES),
  }),
  losses: (dice) => ({
    kind: 'losses',
    share: dice.pick([0.05, 0.2, 0.5]),
    forMs: dice.scale(2, 40) * SECOND_MS,
  }),
  'send skipped': () => ({ kind: 'send skipped' }),
  'neighbour holds a transaction': (dice) => ({
    kind: 'neighbour holds a transaction',
    forMs: dice.scale(1, 50) * SECOND_MS,
    result: dice.pick(['commit', 'abort']),
  }),
  compaction: () => ({ kind: 'compaction' }),
  'registry down': (dice) => ({ kind: 'registry down', forMs: dice.scale(1, 40) * SECOND_MS }),
  'asana down': (dice) => ({ kind: 'asana down', forMs: dice.scale(1, 60) * SECOND_MS }),
  'token revoked': (dice) => ({ kind: 'token revoked', forMs: dice.scale(1, 20) * SECOND_MS }),
};

export const FAULT_KINDS = Object.keys(DRAWS) as FaultKind[];

/** In the order of time. */
export function scheduleFaults(plan: Plan): ScheduledFault[] {
  const dice = new Dice(plan.seed, PURPOSE);
  const draws: readonly Draw[] = Object.values(DRAWS);
  return Array.from({ length: plan.faults }, () => ({
    atMs: dice.random() ** 1.5 * plan.faultMs,
    fault: dice.pick(draws)(dice),
  })).sort((a, b) => a.atMs - b.atMs);
}
