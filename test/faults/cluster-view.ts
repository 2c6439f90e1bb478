/** What a cluster says of itself: who leads, who follows, who coordinates. */

import kafkajs, { type Admin } from 'kafkajs';
import { waitUntil } from '../../dev/wait.ts';

const TRANSACTION_LOG = '__transaction_state';
const GROUP_LOG = '__consumer_offsets';
// Of either, as dev/kafka/config.ts sets it.
const LOG_PARTITIONS = 5;
const HEALTHY_TIMEOUT_MS = 90_000;

export class ClusterView {
  readonly #admin: Admin;

  private constructor(admin: Admin) {
    this.#admin = admin;
  }

  static async connect(brokers: string): Promise<ClusterView> {
    const kafka = new kafkajs.Kafka({
      brokers: brokers.split(','),
      clientId: 'view',
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      enforceRequestTimeout: true,
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    return new ClusterView(admin);
  }

  /** Id of the broker that leads the transactional id's partition of the transaction log. */
  coordinatorOf(transactionalId: string): Promise<number | undefined> {
    return this.#leaderOf(TRANSACTION_LOG, transactionalId);
  }

  /** Id of the broker that leads the group's partition of the log of groups. */
  groupCoordinatorOf(groupId: string): Promise<number | undefined> {
    return this.#leaderOf(GROUP_LOG, groupId);
  }

  /** Resolves when every replica of the topics, and of the transaction log, is in sync. */
  async healthy(topics: readonly string[]): Promise<void> {
    await waitUntil(
      async () => {
        const metadata = await this.#admin.fetchTopicMetadata({ topics: [...topics, TRANSACTION_LOG] });
        const partitions = metadata.topics.flatMap((topic) => topic.partitions);
        return partitions.every(({ isr, replicas }) => isr.length === replicas.length) || undefined;
      },
      { what: 'all replicas to be in sync', timeoutMs: HEALTHY_TIMEOUT_MS, intervalMs: 200 },
    );
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }

  async #leaderOf(log: string, id: string): Promise<number | undefined> {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [log] });
    const partition = logPartition(id);
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader;
  }
}

/** As the broker does: Java's hash of the text, without its sign, by the number of partitions. */
export function logPartition(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at++) {
    hash = (Math.imul(hash, 31) + id.charCodeAt(at)) | 0;
  }
  return (hash & 0x7fff_ffff) % LOG_PARTITIONS;
}
