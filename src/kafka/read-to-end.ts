import type { FetchedRecord, KafkaClient } from './client.ts';

export interface ReadRecord extends FetchedRecord {
  readonly partition: number;
}

/**
 * Every committed record of a topic, partition by partition, up to the last stable offset at the time of the first fetch.
 * A topic that does not exist has none.
 */
export async function* readToEnd(
  kafka: KafkaClient,
  topic: string,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  const description = await kafka.describeTopic(topic);
  for (let partition = 0; partition < (description?.partitions ?? 0); partition++) {
    let end: number | undefined;
    for await (const batch of kafka.fetchCommitted(topic, partition, 'earliest', signal)) {
      end ??= batch.lastStableOffset;
      for (const record of batch.records) if (record.offset < end) yield { ...record, partition };
      if (batch.nextOffset >= end) break;
    }
  }
}
