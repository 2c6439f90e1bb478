/** One run, from its seed to what is wrong with it. */

import { checkInvariants } from '../../src/verify/invariants.ts';
import type { Violation } from '../../src/verify/violation.ts';
import { Faults } from './apply-fault.ts';
import { makeMove } from './apply-move.ts';
import { collectEvidence, cursorIn, type Goals } from './collect.ts';
import { Coverage } from './coverage.ts';
import { Dice } from './dice.ts';
import { scheduleFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { type Plan, planOf } from './plan.ts';
import { scheduleMoves } from './plan-replicas.ts';
import { startReader } from './reader.ts';
import { topicOptions } from './topics.ts';
import { createTrace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';
import { START_MS, World } from './world.ts';

export interface Run {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
  /** Of all that happened. */
  readonly digest: string;
  /** Virtual time that has passed, events of the source, transactions that ended. */
  readonly figures: { readonly durationMs: number; readonly events: number; readonly transactions: number };
}

const PURPOSE = 9;
const LOOK_EVERY_MS = 2_000;
/** So long after everything has healed, a stream has to be caught up. */
const HEALING_MS = 40 * 60_000;
const GRACE_MS = 30_000;
/** So far ahead of the machines' time can the clock of a process be, whatever faults have done to it. */
const MOST_AHEAD_MS = 120_000;
/** A run of more events than this goes round in circles. */
const MOST_SCHEDULED = 150_000;

/** @param print gets each line of the trace */
export async function simulate(seed: number, print?: (line: string) => void): Promise<Run> {
  const plan = planOf(seed);
  const time = new VirtualTime(new Dice(seed, PURPOSE).random);
  const trace = createTrace(() => time.nowMs, print);
  const coverage = new Coverage();
  const world = new World(plan, time, trace, coverage);
  createTopics(world);
  const fleet = new Fleet(world);
  const faults = new Faults(world, fleet);
  for (const { atMs, fault } of scheduleFaults(plan)) time.after(atMs, () => faults.strike(fault));
  for (const { atMs, move } of scheduleMoves(plan)) time.after(atMs, () => makeMove(move, world, fleet));
  const reading = new AbortController();
  const readings = startReader(world, reading.signal);

  for (let count = 0; count < (plan.replicas?.first ?? 1); count++) fleet.open();
  await time.run(() => time.nowMs >= plan.faultMs || isStuck(world));
  faults.heal();
  const goals = await catchUp(world, fleet);
  await windDown(world, fleet, () =>
    readings.every(({ partition, next }) => next >= endOf(world, partition)),
  );
  reading.abort();
  if (world.failure !== undefined) throw world.failure;
  const evidence = await collectEvidence(world, goals, readings);
  return {
    plan,
    coverage,
    violations: checkInvariants(evidence),
    digest: trace.digest(),
    figures: {
      durationMs: time.nowMs,
      events: evidence.streams.reduce((sum, { source }) => sum + source.length, 0),
      transactions: world.cluster.transactions.history.length,
    },
  };
}

/** Some installations have their events topic before the connector comes. */
function createTopics({ plan, cluster }: World): void {
  const { eventsTopic: name, eventsPartitions: partitions, replicationFactor } = topicOptions(plan);
  if (plan.maxMessageBytes === undefined) return;
  const settings = { 'max.message.bytes': String(plan.maxMessageBytes), 'retention.ms': '-1' };
  cluster.createTopic({ name, partitions, replicationFactor, settings });
}

const endOf = ({ cluster, plan }: World, partition: number): number => {
  const { eventsTopic } = topicOptions(plan);
  return cluster.describeTopic(eventsTopic) ? cluster.logOf(eventsTopic, partition).lastStableOffset : 0;
};

/**
 * First up to where everything healed, then, with no event coming any more, to the last one that can still show up late. A stream
 * says that it is complete by Asana's clock, which it knows from the Date header.
 */
async function catchUp(world: World, fleet: Fleet): Promise<Goals> {
  const { asana, plan, time } = world;
  const deadlineMs = time.nowMs + HEALING_MS;
  const slackMs = plan.clocksAgree ? 0 : MOST_AHEAD_MS;
  const nowMs = () => (plan.asana.dateHeader === false ? START_MS + time.nowMs : asana.state.nowMs());
  const isCompleteTo = (gid: string, timeMs: number) =>
    (lastCursor(world, gid)?.completeToMs ?? Number.NEGATIVE_INFINITY) >= timeMs;
  const healedMs = nowMs();
  await lookUntil(world, deadlineMs, (gid) => isCompleteTo(gid, healedMs));
  asana.change({ rate: 0 });
  const quietMs = asana.state.nowMs();
  const lateByMs = plan.asana.lateShare ? (plan.asana.lateByMs ?? 0) : 0;
  const expectedMs = nowMs() + lateByMs + slackMs + 1_000;
  const isSwept = (gid: string) =>
    lateByMs === 0 || (lastCursor(world, gid)?.sweptToMs ?? Number.NEGATIVE_INFINITY) >= quietMs;
  const isRunOnce = (gid: string) => fleet.runnersOf(gid).length === 1;
  await lookUntil(
    world,
    deadlineMs,
    (gid) => isCompleteTo(gid, expectedMs) && isSwept(gid) && isRunOnce(gid),
  );
  return {
    expectedMs,
    completeToMs: new Map(plan.workspaces.map((gid) => [gid, lastCursor(world, gid)?.completeToMs])),
    runners: new Map(plan.workspaces.map((gid) => [gid, fleet.runnersOf(gid)])),
  };
}

async function lookUntil(world: World, deadlineMs: number, isDone: (gid: string) => boolean): Promise<void> {
  const { time, plan } = world;
  let isOver = false;
  const look = () => {
    isOver = time.nowMs >= deadlineMs || isStuck(world) || plan.workspaces.every(isDone);
    if (!isOver) time.after(LOOK_EVERY_MS, look);
  };
  look();
  await time.run(() => isOver || isStuck(world));
}

const isStuck = ({ time, failure }: World): boolean =>
  failure !== undefined || time.scheduled > MOST_SCHEDULED;

function lastCursor({ cluster }: World, gid: string) {
  for (const { outcome, writes } of cluster.transactions.history.toReversed()) {
    if (outcome !== 'committed') continue;
    for (const write of writes) {
      const cursor = cursorIn(write, gid);
      if (cursor !== undefined) return cursor;
    }
  }
  return undefined;
}

/** SIGTERM, until all transactions are settled and the reader has read what there is. */
async function windDown(world: World, fleet: Fleet, isRead: () => boolean): Promise<void> {
  const { time, plan } = world;
  fleet.end();
  const settledMs = time.nowMs + GRACE_MS + plan.transactionTimeoutMs;
  let isOver = false;
  time.after(settledMs - time.nowMs, function look() {
    isOver = isRead() || time.nowMs > settledMs + 10 * GRACE_MS;
    if (!isOver) time.after(LOOK_EVERY_MS, look);
  });
  await time.run(() => isOver || isStuck(world));
}
