/** Three brokers that are killed, restarted and moved about while the connector writes. */

import { join } from 'node:path';
import type { Broker } from '../../dev/kafka/broker.ts';
import { type LeaderMover, startLeaderMover } from '../../dev/kafka/leader-mover.ts';
import type { KafkaCluster } from '../../dev/kafka.ts';
import { waitUntil } from '../../dev/wait.ts';
import { pick } from '../../simulator/random.ts';
import { transactionalId } from '../../src/kafka/state-keys.ts';
import { startThreeBrokers } from '../support/three-brokers.ts';
import { ClusterView } from './cluster-view.ts';
import { startConcurrentReader } from './concurrent-reader.ts';
import {
  environmentOn,
  eventsTopicOf,
  type Running,
  startRunning,
  stateTopicOf,
  WORKSPACE,
} from './connector.ts';
import { type LanePorts, type LaneReport, NOTHING_DONE } from './lane.ts';
import { timeToNextCommit } from './progress.ts';
import { startSource } from './source.ts';
import { percentile } from './statistics.ts';
import { takeStock } from './stock.ts';

export interface BrokerPlan {
  /** With -9; two of three hit the connector's transaction coordinator. */
  readonly kills: number;
  readonly orderlyRestarts: number;
  /** At least so many rounds in which the leaders of all of the events topic's partitions are moved. */
  readonly leaderMoves: number;
  readonly moveEveryMs: number;
  readonly events: number;
  readonly rate: number;
  readonly latencyMs: number;
}

const NAME = 'brokers';
const COMMIT_TIMEOUT_MS = 90_000;
const MOVES_TIMEOUT_MS = 120_000;

interface Scene {
  readonly cluster: KafkaCluster;
  readonly view: ClusterView;
  readonly connector: Running;
  readonly random: () => number;
}

export async function brokerLane(plan: BrokerPlan, ports: LanePorts): Promise<LaneReport> {
  const { registryUrl, folder } = ports;
  const cluster = await startThreeBrokers();
  const reader = startConcurrentReader(NAME, cluster.bootstrapServers);
  try {
    const source = await startSource(
      {
        events: plan.events,
        rate: plan.rate,
        latency: `${plan.latencyMs}ms`,
        'page-size': 300,
        'requests-per-minute': 0,
      },
      folder,
      NAME,
    );
    const where = { name: NAME, asanaUrl: source.baseUrl, brokers: cluster.bootstrapServers, registryUrl };
    const environment = environmentOn(where, { TOPIC_REPLICATION_FACTOR: '3' });
    const connector = await startRunning(environment, join(folder, `${NAME}.log`));
    const view = await ClusterView.connect(cluster.bootstrapServers);
    try {
      await timeToNextCommit(connector, 'before anything is broken', COMMIT_TIMEOUT_MS);
      const disturbed = await disturb(
        plan,
        { cluster, view, connector, random: ports.random },
        ports.progress,
      );
      const { code } = await connector.stop(20_000);
      if (code !== 0) disturbed.problems.push(`the connector ended with ${code} on SIGTERM`);
      await view.healthy([eventsTopicOf(NAME), stateTopicOf(NAME)]);
      const stock = await takeStock({ ...where, source, environment, reader });
      return { ...NOTHING_DONE, lane: NAME, stock, ...disturbed };
    } finally {
      await connector.stop(1_000);
      await view.close();
      await source.close();
    }
  } finally {
    await reader.close();
    await cluster.close();
  }
}

async function disturb(plan: BrokerPlan, scene: Scene, progress: (line: string) => void) {
  const { cluster } = scene;
  const mover = await startLeaderMover(cluster.bootstrapServers, eventsTopicOf(NAME), plan.moveEveryMs);
  const stallsMs: number[] = [];
  const problems: string[] = [];
  let coordinatorMoves = 0;
  try {
    for (let at = 0; at < plan.kills + plan.orderlyRestarts; at++) {
      const how = at < plan.kills ? 'SIGKILL' : 'SIGTERM';
      const atCoordinator = at % 3 !== 2;
      try {
        const { stallMs, coordinatorMoved } = await breakBroker(how, atCoordinator, scene);
        stallsMs.push(stallMs);
        if (coordinatorMoved) coordinatorMoves++;
      } catch (error) {
        problems.push(`broker fault ${at} (${how}): ${String(error)}`);
        if (!scene.connector.isRunning()) throw new Error((await scene.connector.log()).slice(-2_000));
      }
      if ((at + 1) % 3 === 0) progress(`${at + 1} broker faults, ${mover.rounds()} rounds of leader moves`);
    }
    await enoughMoves(mover, plan.leaderMoves);
  } finally {
    await mover.stop();
  }
  const inSeconds = (share: number) => ((percentile(stallsMs, share) ?? 0) / 1_000).toFixed(1);
  return {
    brokerKills: plan.kills,
    leaderMoves: mover.rounds(),
    coordinatorMoves,
    problems,
    notes: [
      `${plan.orderlyRestarts} orderly restarts besides; from a broker's end to the next commit: p50 ${inSeconds(0.5)} s, most ${inSeconds(1)} s (with broker.session.timeout.ms=3000); the connector process lived through all of it`,
    ],
  };
}

/** Ends a broker, sees the connector commit without it, and starts it again. */
async function breakBroker(how: 'SIGKILL' | 'SIGTERM', atCoordinator: boolean, scene: Scene) {
  const { cluster, view, connector, random } = scene;
  const id = transactionalId(NAME, WORKSPACE);
  const before = await view.coordinatorOf(id);
  const broker = atCoordinator
    ? brokerOf(cluster, before)
    : pick(cluster.brokers, Math.floor(random() * cluster.brokers.length));
  await (how === 'SIGKILL' ? broker.kill('SIGKILL') : broker.stop());
  try {
    const stallMs = await timeToNextCommit(connector, `without broker ${broker.id}`, COMMIT_TIMEOUT_MS);
    const after = await view.coordinatorOf(id);
    return { stallMs, coordinatorMoved: before === broker.id && after !== before };
  } finally {
    await broker.start();
    await view.healthy([eventsTopicOf(NAME), stateTopicOf(NAME)]);
  }
}

function brokerOf({ brokers }: KafkaCluster, id: number | undefined): Broker {
  const broker = brokers.find((each) => each.id === id);
  if (!broker) throw new Error(`there is no broker ${id} to be the transaction coordinator`);
  return broker;
}

const enoughMoves = (mover: LeaderMover, moves: number) =>
  waitUntil(async () => mover.rounds() >= moves || undefined, {
    what: `${moves} rounds of leader moves`,
    timeoutMs: MOVES_TIMEOUT_MS,
  });
