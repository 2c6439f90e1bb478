import type { Admin, PartitionMetadata } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { NewTopic } from './client.ts';
import { isType } from './kafkajs-errors.ts';

type Topics = Pick<Admin, 'createTopics' | 'fetchTopicMetadata'>;

const NOT_THERE = 'UNKNOWN_TOPIC_OR_PARTITION';
// A broker hears of a new topic from the controller, some milliseconds after it was created.
const LOOK_EVERY_MS = 100;
const MOST_LOOKS = 100;

/** Undefined where there is no such topic; throws TOPIC_UNFIT where there can be none. */
export async function partitionsOf(admin: Topics, topic: string): Promise<PartitionMetadata[] | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics.find(({ name }) => name === topic)?.partitions;
  } catch (thrown) {
    if (isType(thrown, NOT_THERE)) return undefined;
    if (isType(thrown, 'INVALID_TOPIC_EXCEPTION')) {
      throw new ConnectorError('TOPIC_UNFIT', `Kafka does not accept '${topic}' as the name of a topic`, {
        cause: thrown,
      });
    }
    throw thrown;
  }
}

/**
 * Resolves when the topic is there, created by this or by somebody else.
 *
 * kafkajs waits for the leaders of a topic that it has created, but gives up at once where a broker has not heard of the topic, and does
 * not wait (false) where somebody else has created it.
 */
export async function createTopicWith(
  admin: Topics,
  { name, partitions, replicationFactor, settings }: NewTopic,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  const topic = { topic: name, numPartitions: partitions, replicationFactor, configEntries };
  let reason: unknown = new ConnectorError(
    'KAFKA_UNAVAILABLE',
    `no broker has heard of the topic ${name} yet`,
  );
  const isAwaited = await admin.createTopics({ waitForLeaders: true, topics: [topic] }).catch((thrown) => {
    if (!isType(thrown, NOT_THERE)) throw thrown;
    reason = thrown;
    return false;
  });
  if (isAwaited) return;
  for (let looks = 0; (await partitionsOf(admin, name)) === undefined; looks++) {
    if (looks === MOST_LOOKS) throw reason;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
