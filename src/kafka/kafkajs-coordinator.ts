import Cluster, { type ClusterOptions } from 'kafkajs/src/cluster/index.js';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { LimitedCalls } from './kafkajs-calls.ts';
import { isType } from './kafkajs-errors.ts';

/** What Kafka has coordinators of, by its name and its number in FindCoordinator. */
const KINDS = { group: 0, 'transactional id': 1 };

/** The replicas of the topic that coordinators need: with fewer brokers, it is never created. */
const REPLICAS = {
  group: 'offsets.topic.replication.factor',
  'transactional id': 'transaction.state.log.replication.factor',
};

export type Coordinated = keyof typeof KINDS;

/** Did kafkajs ask all brokers for a coordinator, and get none? */
export const hasNoCoordinator = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'KafkaJSGroupCoordinatorNotFound';

/**
 * The node id of the broker that coordinates, by what the broker says that is connected; throws what it says otherwise.
 *
 * Not cluster.findGroupCoordinator: that asks all brokers, and drops what they say. A missing ACL, the usual reason, would look like
 * brokers that are down, and be tried for ever.
 */
export async function coordinatorId(cluster: Cluster, kind: Coordinated, name: string): Promise<string> {
  await cluster.refreshMetadata();
  const broker = await cluster.brokerPool.findConnectedBroker();
  const { coordinator } = await broker.findGroupCoordinator({
    groupId: name,
    coordinatorType: KINDS[kind],
  });
  return coordinator.nodeId;
}

/** What a broker keeps saying, with the likely reason. Said for a moment, it is the same of an election. */
export function withLikelyReason(thrown: unknown, kind: Coordinated): unknown {
  if (!isType(thrown, 'GROUP_COORDINATOR_NOT_AVAILABLE')) return thrown;
  const text = `${messageOf(thrown)}: is ${REPLICAS[kind]} larger than the number of brokers?`;
  return new Error(text, { cause: thrown });
}

const WHY_LIMIT_MS = 10_000;

/** Why no broker names the coordinator of a transactional id; undefined where one does by now. Rejects never. */
export async function whyNoCoordinator(
  options: ClusterOptions,
  transactionalId: string,
  clock: Clock,
): Promise<unknown> {
  const cluster = new Cluster(options);
  const calls = new LimitedCalls(clock);
  try {
    await calls.within(async () => {
      await cluster.connect();
      await coordinatorId(cluster, 'transactional id', transactionalId);
    }, WHY_LIMIT_MS);
    return undefined;
  } catch (thrown) {
    return withLikelyReason(thrown, 'transactional id');
  } finally {
    await calls.end(() => cluster.disconnect()).catch(() => {});
  }
}
