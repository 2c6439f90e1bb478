import { ConnectorError } from '../errors.ts';
import type { KafkaClient } from '../kafka/client.ts';
import {
  deadLettersRequirement,
  eventsRequirement,
  stateRequirement,
  type TopicOptions,
  type TopicRequirement,
} from '../kafka/topics.ts';
import type { Check } from './check.ts';

/** The three topics: there and fit, or to be created. Nothing is changed. */
export function kafkaChecks(kafka: KafkaClient, options: TopicOptions): Check[] {
  return [eventsRequirement(options), stateRequirement(options), deadLettersRequirement(options)].map(
    (requirement) => ({
      subject: `Kafka, topic ${requirement.create.name}`,
      look: () => lookAtTopic(kafka, requirement),
    }),
  );
}

async function lookAtTopic(kafka: KafkaClient, { create, findings }: TopicRequirement): Promise<string> {
  const topic = await kafka.describeTopic(create.name);
  if (topic === undefined) {
    const replicas =
      create.replicationFactor < 0
        ? "the brokers' default of replicas"
        : `replication factor ${create.replicationFactor}`;
    return `will be created with ${counted(create.partitions)}, ${replicas}`;
  }
  const found = findings(topic);
  if (found.length > 0) throw new ConnectorError('TOPIC_UNFIT', found.join('; '));
  const { partitions, replicationFactor } = topic;
  const warning =
    replicationFactor < 3
      ? '; fewer than 3 replicas: a broker that is lost for good takes events with it'
      : '';
  return `fits; ${counted(partitions)}, replication factor ${replicationFactor}${warning}`;
}

const counted = (partitions: number): string => `${partitions} partition${partitions === 1 ? '' : 's'}`;
