/** Everything that a seed decides before the run begins: the world's size and habits. */

import { transientFaultKinds } from '../../simulator/fault-kinds.ts';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { Dice } from './dice.ts';
import { type ReplicasPlan, replicasOf } from './plan-replicas.ts';

export interface Plan {
  readonly seed: number;
  readonly workspaces: readonly string[];
  /** Undefined: one process, which runs alone. */
  readonly replicas: ReplicasPlan | undefined;
  readonly asana: Partial<SimulatorOptions>;
  readonly eventsPartitions: number;
  readonly statePartitions: number;
  /** Of the events topic where it exists before the connector does. */
  readonly maxMessageBytes: number | undefined;
  readonly pollIntervalMs: number;
  readonly requestsPerMinute: number;
  /** Of the answers that are read ahead. */
  readonly maxHeldBytes: number;
  readonly transactionTimeoutMs: number;
  readonly sweeps: { readonly lookbackMs: number; readonly intervalMs: number };
  readonly fetchBatches: number;
  readonly kafkaLatencyMs: Range;
  readonly asanaLatencyMs: Range;
  /** Share of requests to Kafka that go wrong while there are faults. */
  readonly kafkaLosses: number;
  /** Without a Date header, nobody can tell how far one's own clock is from Asana's. */
  readonly clocksAgree: boolean;
  /** 0 = never */
  readonly skipRefusedAfterMs: number;
  /** A time that Asana never answers for. */
  readonly refused: RefusedTime | undefined;
  /** How long the faults last. */
  readonly faultMs: number;
  readonly faults: number;
}

export interface RefusedTime {
  /** At an event of the backlog, by its place in it from 0 to 1; or so long after the beginning of the run. */
  readonly at: { readonly place: number } | { readonly afterMs: number };
  readonly forMs: number;
  readonly with: SimulatorOptions['refusedWith'];
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PURPOSE = 1;
const REFUSALS_PURPOSE = 10;
const REPLICAS_PURPOSE = 12;
// Dice of its own: a draw more would make another run of every seed.
const AHEAD = 11;
const NEXT_PAGES = [
  'always',
  'always',
  'with-limit',
  'until-exhausted',
  'with-limit-until-exhausted',
] as const;

/** Of so many seeds in a row, one is a fleet of replicas, and which: none of those that once failed as something else, but for these. */
export const FLEETS = { first: 3, step: 4 };
/** They failed before there were fleets, as one process: as anything else, they would show nothing of what was mended. */
const FAILED_ALONE: ReadonlySet<number> = new Set([2471, 7343, 7411]);
/** Those without any: a fleet takes as long as two or three others. */
export const LONERS = { first: 2, step: 2 };
const isFleet = (seed: number): boolean => seed % FLEETS.step === FLEETS.first && !FAILED_ALONE.has(seed);

/** Of so many seeds in a row, one whose pages overlap, and which: none of those that once failed as something else. */
const OVERLAPPING = { first: 2, step: 5 };
const overlaps = (seed: number): boolean => seed % OVERLAPPING.step === OVERLAPPING.first;
/** Every other fault of theirs. */
const OVERLAPPING_KINDS = transientFaultKinds.flatMap((kind) => [kind, 'overlap'] as const);

export function planOf(seed: number): Plan {
  const dice = new Dice(seed, PURPOSE);
  const pageSize = dice.scale(3, 50);
  const pollIntervalMs = dice.scale(2_000, 8_000);
  const lookbackMs = dice.pick([1, 2]) * MINUTE_MS;
  const latency = { from: 20, to: dice.scale(60, 2_000) };
  const requestsPerMinute = dice.pick([40, 60, 120, 600, 1_200, 0]);
  const gapMs = Math.max(
    pollIntervalMs,
    latency.to,
    requestsPerMinute === 0 ? 0 : 180_000 / requestsPerMinute,
  );
  const clocksAgree = dice.chance(0.1);
  return {
    seed,
    clocksAgree,
    workspaces: workspaces(dice.pick([1, 1, 1, 2, 2, 3])),
    replicas: undefined,
    asana: asanaOptions(dice, seed, { pageSize, pollIntervalMs, lookbackMs, gapMs, clocksAgree }),
    eventsPartitions: dice.whole(1, 4),
    statePartitions: dice.pick([1, 1, 2, 3]),
    maxMessageBytes: dice.chance(0.4) ? dice.scale(700, 20_000) : undefined,
    pollIntervalMs,
    requestsPerMinute,
    maxHeldBytes: new Dice(seed, AHEAD).scale(2_000, 2_000_000),
    transactionTimeoutMs: dice.pick([10, 20, 60]) * SECOND_MS,
    sweeps: { lookbackMs, intervalMs: dice.pick([30, 60]) * SECOND_MS },
    fetchBatches: dice.whole(4, 60),
    kafkaLatencyMs: { from: 1, to: dice.scale(4, 150) },
    asanaLatencyMs: latency,
    kafkaLosses: dice.pick([0, 0.003, 0.01, 0.03]),
    ...refusals(new Dice(seed, REFUSALS_PURPOSE)),
    faultMs: dice.scale(30, 150) * SECOND_MS,
    faults: dice.whole(2, 9),
    ...fleetOf(seed),
  };
}

const workspaces = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `12012345678901${20 + at}`);

/** Of the seeds that are fleets. */
function fleetOf(seed: number): Partial<Pick<Plan, 'workspaces' | 'statePartitions' | 'replicas'>> {
  if (!isFleet(seed)) return {};
  const dice = new Dice(seed, REPLICAS_PURPOSE);
  const streams = dice.pick([1, 2, 3, 4, 4]);
  return {
    workspaces: workspaces(streams),
    statePartitions: dice.pick([1, 3, 6, 6]),
    replicas: replicasOf(dice, streams),
  };
}

/** From draws of their own: they came later, and the plans of seeds that once failed are to stay as they were. */
function refusals(dice: Dice): Pick<Plan, 'skipRefusedAfterMs' | 'refused'> {
  const isRefused = dice.chance(0.15);
  const refused: RefusedTime = {
    at: dice.chance(0.5) ? { place: dice.random() } : { afterMs: dice.scale(1, 120) * SECOND_MS },
    forMs: dice.pick([1, 1, 40, 8_000]),
    with: dice.pick(['500', '400', 'html-200']),
  };
  const skipRefusedAfterMs = dice.pick(isRefused ? [15, 40] : [0, 15, 40]) * SECOND_MS;
  return { skipRefusedAfterMs, refused: isRefused ? refused : undefined };
}

interface Bounds {
  readonly pageSize: number;
  readonly pollIntervalMs: number;
  readonly lookbackMs: number;
  readonly gapMs: number;
  readonly clocksAgree: boolean;
}

function asanaOptions(dice: Dice, seed: number, bounds: Bounds): Partial<SimulatorOptions> {
  const { pageSize, pollIntervalMs, lookbackMs, gapMs, clocksAgree } = bounds;
  const skewsMs = [0, 0, 5 * MINUTE_MS, -5 * MINUTE_MS, dice.chance(0.1) ? 2 * HOUR_MS : 0];
  const clockSkewMs = clocksAgree ? 0 : dice.pick(skewsMs);
  const nextPage = dice.pick(NEXT_PAGES);
  const ties = dice.chance(0.25) ? dice.whole(2, Math.min(60, 2 * pageSize)) : 0;
  const perSecond = (0.4 * pageSize * SECOND_MS) / (pollIntervalMs + SECOND_MS);
  return {
    seed: seed % 0xffff_ffff,
    events: dice.scale(20, Math.min(250, 20 * pageSize)),
    days: dice.pick([0.01, 0.2, 5, 60]),
    rate: dice.chance(0.15) ? 0 : Math.min(0.6, perSecond) * dice.random(),
    // Without next_page, a full page of one millisecond has no way past it: there must be none by chance.
    burst: nextPage.endsWith('until-exhausted') ? 0 : dice.pick([0, 0.15, 0.5]),
    eventsPerMillisecond: ties,
    milliseconds: dice.pick(['spread', 'consecutive']),
    poison: dice.chance(0.12) ? 0.01 : 0,
    unknownFields: 0.05,
    bigIntegers: 0.02,
    pageSize,
    nextPage,
    offsetLifetimeMs: dice.chance(0.5) ? 0 : dice.scale(4 * gapMs + 2_000, HOUR_MS),
    offsetFilters: dice.pick(['required', 'ignored', 'applied']),
    ties: dice.pick(['shuffled', 'stable']),
    // A sweep waits until both clocks have passed an event: hours, where they differ by hours.
    lateShare: dice.chance(0.3) && clockSkewMs < HOUR_MS ? dice.pick([0.05, 0.3]) : 0,
    lateByMs: Math.round(lookbackMs * dice.pick([0.2, 0.9])),
    lateOffset: dice.pick(['skips', 'shows']),
    clockSkewMs,
    dateHeader: !clocksAgree || dice.chance(0.5),
    requestsPerMinute: dice.pick([0, 60, 150, 1_500]),
    rateWindowMs: dice.pick([10, 60]) * SECOND_MS,
    retryAfter: dice.pick(['seconds', 'date', 'absent', 'negative', 'absurd']),
    faults: dice.pick([0, 0.02, 0.08, 0.25]),
    faultKinds: overlaps(seed) ? OVERLAPPING_KINDS : transientFaultKinds,
  };
}

/** What the source does once faults are over. */
export const HEALED: Partial<SimulatorOptions> = { faults: 0, requestsPerMinute: 0 };
