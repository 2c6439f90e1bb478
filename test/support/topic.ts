/** Topics as a test sees them: what a read_committed reader gets, and what it can put there. */

import { inject } from 'vitest';
import { rangeOf } from '../../src/byte-range.ts';
import { systemClock } from '../../src/clock.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { type ReadRecord, readToEnd } from '../../src/kafka/read-to-end.ts';
import { silentLog } from './silent-log.ts';

export function createTestClient({
  brokers = inject('kafkaBrokers'),
  transactionTimeoutMs = 30_000,
} = {}): KafkajsClient {
  const options = {
    brokers: brokers.split(','),
    clientId: 'test',
    transactionTimeoutMs,
    compression: 'none',
  } as const;
  return new KafkajsClient(options, silentLog, systemClock, Math.random);
}

/** Every committed record; `test/integration/kafka.test.ts` holds this reader against Kafka's own console consumer. */
export async function recordsOf(topic: string): Promise<ReadRecord[]> {
  const client = createTestClient();
  try {
    const records: ReadRecord[] = [];
    for await (const record of readToEnd(client, topic, new AbortController().signal)) records.push(record);
    return records;
  } finally {
    await client.close();
  }
}

/** Keys of all committed records, sorted: with a gid twice where it is there twice. */
export const keysIn = async (topic: string): Promise<string[]> =>
  (await recordsOf(topic)).map(({ key }) => String(key)).sort();

/** The JSON of the last record of each key of a state topic. */
export async function stateIn(topic: string): Promise<Map<string, Record<string, unknown>>> {
  const records = await recordsOf(topic);
  return new Map(records.map(({ key, value }) => [String(key), JSON.parse(String(value))]));
}

/** Puts one record into a topic, as somebody else would. */
export async function putRecord(
  topic: string,
  partition: number,
  key: string,
  value: Buffer | null,
): Promise<void> {
  const client = createTestClient();
  const producer = await client.openProducer(`test-${topic}-${key}`);
  const tx = await producer.begin();
  const [sent] = await tx.send(topic, partition, [
    { key, value: value && rangeOf(value), timestampMs: Date.now() },
  ]);
  await tx.commit();
  await markerBehind(client, topic, partition, sent?.baseOffset ?? 0);
  await producer.close();
  await client.close();
}

/** Kafka acknowledges a commit before its marker is in the topic, and who reads in between does not see what was committed. */
async function markerBehind(
  client: KafkajsClient,
  topic: string,
  partition: number,
  offset: number,
): Promise<void> {
  const markerEnd = offset + 2;
  for await (const { highWatermark } of client.fetchCommitted(
    topic,
    partition,
    offset,
    new AbortController().signal,
  ))
    if (highWatermark >= markerEnd) return;
}
