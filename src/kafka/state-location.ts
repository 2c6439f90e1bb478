import type { KafkaClient } from './client.ts';
import type { StateLocation } from './session.ts';
import { stateKeys, statePartition } from './state-keys.ts';
import { ensureTopic, maxMessageBytes, stateRequirement, type TopicOptions } from './topics.ts';

/** What a stream is called in Kafka. */
export interface StreamName {
  readonly connectorName: string;
  readonly workspaceGid: string;
  readonly topics: TopicOptions;
}

/** Where the stream's state is, in a state topic that is created where it is missing. */
export async function stateLocation(
  kafka: KafkaClient,
  { connectorName, workspaceGid, topics }: StreamName,
): Promise<StateLocation> {
  const description = await ensureTopic(kafka, stateRequirement(topics));
  const keys = stateKeys(connectorName, workspaceGid);
  return {
    topic: topics.stateTopic,
    maxMessageBytes: maxMessageBytes(description),
    partition: statePartition(connectorName, workspaceGid, description.partitions),
    partitions: description.partitions,
    sessionKey: keys.session,
    cursorKey: keys.cursor,
  };
}
