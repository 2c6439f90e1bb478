import Cluster, { type ClusterOptions } from 'kafkajs/src/cluster/index.js';

const OF_TRANSACTIONS = 1;

/** Did kafkajs ask all brokers for a coordinator, and get none? */
export const hasNoCoordinator = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'KafkaJSGroupCoordinatorNotFound';

/**
 * Why no broker names the coordinator of a transactional id; undefined where one does by now.
 *
 * kafkajs asks them all and drops what they say. A missing ACL, the usual reason, would look like brokers that are down, and be
 * tried for ever.
 */
export async function whyNoCoordinator(options: ClusterOptions, transactionalId: string): Promise<unknown> {
  const cluster = new Cluster(options);
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    await broker.findGroupCoordinator({ groupId: transactionalId, coordinatorType: OF_TRANSACTIONS });
    return undefined;
  } catch (thrown) {
    return thrown;
  } finally {
    await cluster.disconnect();
  }
}
