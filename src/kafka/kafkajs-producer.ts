import type {
  Kafka,
  CompressionTypes as KafkaCompression,
  Transaction as KafkajsTransaction,
  Message,
} from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { OutgoingRecord, SendMetadata, Transaction, TransactionalProducer } from './client.ts';
import { LimitedCalls } from './kafkajs-calls.ts';
import { hasNoCoordinator } from './kafkajs-coordinator.ts';
import { kafkaError, outcomeError } from './kafkajs-errors.ts';
import { topicAcl, transactionalAcl } from './needed-acls.ts';

interface ProducerOptions {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  readonly compression: KafkaCompression;
  /** What a broker answers who is asked for the coordinator; undefined where it names one. */
  readonly whyNoCoordinator: () => Promise<unknown>;
  readonly clock: Clock;
}

// Passing `retry` drops kafkajs's own choice for idempotent producers, so all of it is set. The first waits are short because
// Kafka answers CONCURRENT_TRANSACTIONS until the markers of the last transaction are written, a few milliseconds; the sum
// is about ten seconds, which an election takes. What lasts longer ends the session.
const RETRY = { initialRetryTime: 5, maxRetryTime: 250, multiplier: 2, factor: 0.2, retries: 45 };

export async function openKafkajsProducer(
  kafka: Kafka,
  options: ProducerOptions,
): Promise<TransactionalProducer> {
  const producer = kafka.producer({
    transactionalId: options.transactionalId,
    transactionTimeout: options.transactionTimeoutMs,
    maxInFlightRequests: 5,
    allowAutoTopicCreation: false,
    idempotent: true,
    retry: RETRY,
    createPartitioner: () => () => {
      throw new Error('kafkajs is to take the partition that it is given, and not to choose one');
    },
  });
  const { transactionalId } = options;
  const calls = new LimitedCalls(options.clock);
  try {
    await calls.within(() => producer.connect());
  } catch (thrown) {
    throw kafkaError(thrown, `connecting the producer ${transactionalId}`);
  }
  return {
    begin: async () => {
      try {
        return transaction(await calls.within(() => producer.transaction()), calls, options);
      } catch (thrown) {
        const reason = hasNoCoordinator(thrown) ? await options.whyNoCoordinator() : undefined;
        throw kafkaError(
          reason ?? thrown,
          `beginning a transaction of ${transactionalId}`,
          transactionalAcl(transactionalId),
        );
      }
    },
    close: () => calls.end(() => producer.disconnect()),
  };
}

function transaction(
  tx: KafkajsTransaction,
  calls: LimitedCalls,
  { transactionalId, compression }: ProducerOptions,
): Transaction {
  const needed = transactionalAcl(transactionalId);
  return {
    send: async (topic, partition, records) => {
      try {
        return await calls.within(() => send(tx, compression, topic, partition, records));
      } catch (thrown) {
        throw kafkaError(thrown, `sending to ${topic}-${partition} in a transaction of ${transactionalId}`, {
          ...topicAcl('Write', topic),
          ...needed,
        });
      }
    },
    commit: async () => {
      await calls
        .within(() => tx.commit())
        .catch((thrown) => {
          throw outcomeError(thrown, `committing a transaction of ${transactionalId}`, needed);
        });
    },
    abort: async () => {
      await calls
        .within(() => tx.abort())
        .catch((thrown) => {
          throw outcomeError(thrown, `aborting a transaction of ${transactionalId}`, needed);
        });
    },
  };
}

async function send(
  tx: KafkajsTransaction,
  compression: KafkaCompression,
  topic: string,
  partition: number,
  records: readonly OutgoingRecord[],
): Promise<readonly SendMetadata[]> {
  const answers = await tx.send({ topic, messages: grouped(records, partition), compression, acks: -1 });
  return answers.map(({ topicName, partition: written, errorCode, baseOffset }) => ({
    topic: topicName,
    partition: written,
    errorCode,
    baseOffset: Number(baseOffset),
  }));
}

/**
 * The records as they are: they go to our own produce request (kafkajs-produce.ts). kafkajs groups messages by partition, anew on each
 * retry, and copies the group for each message that it adds. All of these are one group, of one partition.
 */
const grouped = (records: readonly OutgoingRecord[], partition: number): Message[] => {
  const messages = [...records] as Message[];
  return Object.assign(messages, { reduce: () => ({ [partition]: messages }) });
};
