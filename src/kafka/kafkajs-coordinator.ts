import Cluster, { type ClusterOptions } from 'kafkajs/src/cluster/index.js';

/** What Kafka has coordinators of, by its name and its number in FindCoordinator. */
const KINDS = { group: 0, 'transactional id': 1 };

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

/** Why no broker names the coordinator of a transactional id; undefined where one does by now. */
export async function whyNoCoordinator(options: ClusterOptions, transactionalId: string): Promise<unknown> {
  const cluster = new Cluster(options);
  try {
    await cluster.connect();
    await coordinatorId(cluster, 'transactional id', transactionalId);
    return undefined;
  } catch (thrown) {
    return thrown;
  } finally {
    await cluster.disconnect();
  }
}
