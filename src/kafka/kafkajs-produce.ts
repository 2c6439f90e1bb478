/**
 * kafkajs's produce request, replaced by one with the same bytes that takes records as we have them. On the way to its own record
 * batches, kafkajs makes a text of each time, sorts these, and copies each record (docs/adr/0005-record-batches.md).
 */

import { createRequire } from 'node:module';
import type { OutgoingRecord } from './client.ts';
import { type Codecs, encodeBatch } from './kafkajs-record-batch.ts';

/** As kafkajs asks for one. */
export interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly compression: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly PartitionData[];
  }[];
}

interface PartitionData {
  readonly partition: number;
  readonly firstSequence: number;
  /** What was given to `send`. */
  readonly messages: readonly OutgoingRecord[];
}

/** As far as this file uses it. */
interface Encoder {
  writeString(text: string | null): this;
  writeInt16(value: number): this;
  writeInt32(value: number): this;
  writeArray(encoders: readonly Encoder[]): this;
  writeEncoder(other: unknown): this;
}

const PRODUCE_API_KEY = 0;
/** What is asked for later versions, kafkajs makes of this one. */
const VERSION = 3;
const PRODUCE = `kafkajs/src/protocol/requests/produce/v${VERSION}/request.js`;

/**
 * Puts it in the place of kafkajs's; before the first record is produced, because kafkajs loads its own then. From then on every producer
 * of this process must be given {@link OutgoingRecord}s.
 */
export function replaceProduceRequests(codecs: Codecs): void {
  const require = createRequire(import.meta.url);
  const KafkajsEncoder: new () => Encoder = require('kafkajs/src/protocol/encoder.js');
  require(PRODUCE);
  const module = require.cache[require.resolve(PRODUCE)];
  if (module === undefined) throw new Error(`${PRODUCE} was loaded and is not in the cache`);
  module.exports = (request: ProduceRequest) => ({
    apiKey: PRODUCE_API_KEY,
    apiVersion: VERSION,
    apiName: 'Produce',
    expectResponse: () => request.acks !== 0,
    encode: () => encodeRequest(request, codecs, () => new KafkajsEncoder()),
  });
}

/** Source: Kafka's protocol guide, "Produce". */
async function encodeRequest(
  request: ProduceRequest,
  codecs: Codecs,
  newEncoder: () => Encoder,
): Promise<Encoder> {
  const { acks, timeout, transactionalId = null, topicData } = request;
  const topics: Encoder[] = [];
  for (const { topic, partitions } of topicData) {
    const encoded: Encoder[] = [];
    for (const { partition, firstSequence, messages } of partitions) {
      const transactional = transactionalId !== null;
      const batch = await encodeBatch(
        { ...request, records: messages, firstSequence, transactional },
        codecs,
      );
      encoded.push(newEncoder().writeInt32(partition).writeInt32(batch.size()).writeEncoder(batch));
    }
    topics.push(newEncoder().writeString(topic).writeArray(encoded));
  }
  return newEncoder().writeString(transactionalId).writeInt16(acks).writeInt32(timeout).writeArray(topics);
}
