/** A read_committed reader of a whole topic that tells of every record as it becomes readable. */

import type { FetchedRecord, KafkaClient } from '../src/kafka/client.ts';
import { PARTITIONS } from './stage.ts';

export interface TopicWatch {
  /** Rejects where reading fails. */
  stop(): Promise<void>;
}

export function watchTopic(
  kafka: KafkaClient,
  topic: string,
  onRecord: (record: FetchedRecord) => void,
): TopicWatch {
  const stopping = new AbortController();
  const reads = Array.from({ length: PARTITIONS }, async (_, partition) => {
    try {
      for await (const { records } of kafka.fetchCommitted(topic, partition, 'earliest', stopping.signal))
        for (const record of records) onRecord(record);
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    }
  });
  const ended = Promise.all(reads);
  ended.catch(() => undefined);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
