/** A process as a replica of the group: what `src/run-distributed.ts` composes, over the models. */

import { Confirmation } from '../../src/group/confirmation.ts';
import { Crew } from '../../src/group/crew.ts';
import { type GroupObserver, keepMembership, type MembershipPorts } from '../../src/group/membership.ts';
import { statePartition } from '../../src/kafka/state-keys.ts';
import type { Outcome, StreamPorts } from '../../src/stream/stream.ts';
import type { Dice } from './dice.ts';
import type { ReplicasPlan } from './plan-replicas.ts';
import type { SimulatedProcess } from './process.ts';
import { CONNECTOR_NAME, topicOptions } from './topics.ts';
import type { World } from './world.ts';

/** One workspace as a stream, to its end, or until `signal` aborts. */
export type RunWorkspace = (
  workspaceGid: string,
  stillOurs: StreamPorts['stillOurs'],
  signal: AbortSignal,
) => Promise<Outcome>;

export interface ReplicaParts {
  readonly world: World;
  readonly process: SimulatedProcess;
  readonly dice: Dice;
  readonly replicas: ReplicasPlan;
  readonly run: RunWorkspace;
}

/** Gives how its streams ended that did so by themselves. */
export async function runAsReplica(
  { world, process, dice, replicas, run }: ReplicaParts,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const { plan, coverage } = world;
  coverage.reach(`replicas: ${replicas.scenario}`);
  const outcomes: Outcome[] = [];
  const confirmation = new Confirmation();
  const stillOurs = (limited: AbortSignal) => {
    coverage.reach('replica waits for the word of the group');
    return confirmation.next(limited);
  };
  const partitionOf = (stream: string) => statePartition(CONNECTOR_NAME, stream, plan.statePartitions);
  const crew = new Crew(
    Map.groupBy(plan.workspaces, partitionOf),
    {
      run: async (stream, limited) => {
        const outcome = await run(stream, stillOurs, limited);
        if (outcome.ended === 'failed') outcomes.push(outcome);
      },
      givenUp: () => {},
      changed: () => {},
    },
    signal,
  );
  const options = {
    topic: topicOptions(plan).stateTopic,
    partitionOf,
    streams: plan.workspaces,
    replica: process.name,
    heartbeatMs: replicas.heartbeatMs,
  };
  const ports = {
    group: world.openGroup(process),
    crew: mortalAtHandOver(crew, process),
    confirmation,
    clock: process,
    random: dice.random,
  };
  await keepMembership(options, { ...ports, observer: watchMembership(world, process, crew) }, signal);
  return outcomes;
}

/** Two places more to die at: its streams are told to stop for others to get them; they have, and the group does not know it. */
function mortalAtHandOver(crew: Crew, process: SimulatedProcess): MembershipPorts['crew'] {
  return {
    get partitions() {
      return crew.partitions;
    },
    broken: crew.broken,
    take: async (partitions) => {
      const next = new Set(partitions);
      const isHandOver = next.size > 0 && crew.partitions.some((each) => !next.has(each));
      const taken = crew.take(next);
      if (isHandOver) process.reach('hand over', 'called');
      await taken;
      if (isHandOver) process.reach('hand over', 'answered');
    },
  };
}

function watchMembership({ coverage, trace }: World, { name }: SimulatedProcess, crew: Crew): GroupObserver {
  return {
    joining: () => {},
    answered: () => {},
    assigned: ({ partitions, promised }) => {
      trace.note(`${name} is assigned ${partitions}, and promised ${promised}`);
      if (partitions.length + promised.length === 0) coverage.reach('replica stands by');
      if (promised.length > 0) coverage.reach('replica is promised streams');
      if (crew.partitions.some((each) => !partitions.includes(each)))
        coverage.reach('replica gives streams up');
    },
    lost: () => {
      trace.note(`${name} is not a member any more`);
      coverage.reach('replica is not waited for by the group');
    },
    failed: ({ code }) => coverage.reach(`replica: ${code}`),
  };
}
