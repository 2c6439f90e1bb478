/** {@link KafkaClient} over the model: what `src/kafka/kafkajs-*.ts` is over kafkajs. */

import type {
  FetchedBatch,
  FetchStart,
  KafkaClient,
  NewTopic,
  OutgoingRecord,
  SendMetadata,
  TopicDescription,
  Transaction,
  TransactionalProducer,
} from '../../src/kafka/client.ts';
import { committedRecords } from '../../src/kafka/committed-records.ts';
import { kafkaError, outcomeError } from '../../src/kafka/kafkajs-errors.ts';
import { ConnectionError, isRetriable } from './kafka-errors.ts';
import { ClientLinks, type LinkPorts } from './kafka-links.ts';
import { ModelProducer } from './kafka-producer.ts';

export interface ModelClientOptions {
  /** How long a fetch waits at the end. */
  readonly longPollMs: number;
  readonly transactionTimeoutMs: number;
  /** How many batches a fetch brings at most. */
  readonly fetchBatches: () => number;
  /** Now and then a send is confirmed for something else than what was asked for, and wrote nothing. */
  readonly isSendSkipped: () => boolean;
}

const ADMIN_ATTEMPTS = 6;
const FETCH_ATTEMPTS = 14;

export class ModelKafkaClient implements KafkaClient {
  readonly #ports: LinkPorts;
  readonly #options: ModelClientOptions;

  constructor(ports: LinkPorts, options: ModelClientOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  async openProducer(transactionalId: string): Promise<TransactionalProducer> {
    const links = new ClientLinks(this.#ports);
    const producer = new ModelProducer(transactionalId, this.#options.transactionTimeoutMs, links);
    const { process } = this.#ports;
    await process
      .call(`connect ${transactionalId}`, () => links.requestAny('Metadata', () => undefined))
      .catch((thrown: unknown) => {
        throw kafkaError(thrown, `connecting the producer ${transactionalId}`);
      });
    return {
      begin: () =>
        process.call(`begin ${transactionalId}`, async () => {
          await producer.begin().catch((thrown: unknown) => {
            throw kafkaError(thrown, `beginning a transaction of ${transactionalId}`);
          });
          return this.#transaction(producer);
        }),
      close: () => process.call(`close ${transactionalId}`, async () => {}),
    };
  }

  async *fetchCommitted(
    topic: string,
    partition: number,
    from: FetchStart,
    signal: AbortSignal,
  ): AsyncGenerator<FetchedBatch> {
    const links = new ClientLinks(this.#ports);
    const { process } = this.#ports;
    let next: number | { readonly timestampMs: number } = from === 'earliest' ? 0 : from;
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      try {
        const batch = await process.call(`fetch ${topic}-${partition} from ${JSON.stringify(next)}`, () =>
          this.#fetch(links, topic, partition, next),
        );
        failures = 0;
        next = batch.nextOffset;
        yield batch;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = kafkaError(thrown, `reading ${topic}-${partition}`);
        if (error.code !== 'KAFKA_UNAVAILABLE' || ++failures > FETCH_ATTEMPTS) throw error;
        links.forgetLeaders();
        await process.sleep(Math.min(1_000, 50 * 2 ** failures), signal);
      }
    }
  }

  describeTopic(topic: string): Promise<TopicDescription | undefined> {
    return this.#admin(`describe ${topic}`, (links) =>
      links.requestAny('Admin', (cluster) => cluster.describeTopic(topic)),
    );
  }

  createTopic(topic: NewTopic): Promise<void> {
    return this.#admin(`create ${topic.name}`, (links) =>
      links.requestAny('Admin', (cluster) => cluster.createTopic(topic)),
    );
  }

  async close(): Promise<void> {}

  #transaction(producer: ModelProducer): Transaction {
    const { process } = this.#ports;
    const { transactionalId } = producer;
    const end = (result: 'commit' | 'abort') => () =>
      process.call(`${result} ${transactionalId}`, () =>
        producer[result]().catch((thrown: unknown) => {
          throw outcomeError(thrown, `${result} of a transaction of ${transactionalId}`);
        }),
      );
    return {
      send: (topic, partition, records) =>
        process.call(`send ${records.length} to ${topic}-${partition}`, () =>
          this.#send(producer, topic, partition, records).catch((thrown: unknown) => {
            throw kafkaError(thrown, `sending to ${topic}-${partition}`);
          }),
        ),
      commit: end('commit'),
      abort: end('abort'),
    };
  }

  /** A record that says where it goes is sent there, as kafkajs does: so a `send` of several partitions is possible. */
  async #send(
    producer: ModelProducer,
    topic: string,
    partition: number,
    records: readonly (OutgoingRecord & { readonly partition?: number })[],
  ): Promise<SendMetadata[]> {
    if (this.#options.isSendSkipped()) {
      this.#ports.coverage.reach('kafkajs skips a send that it confirms');
      return [];
    }
    return producer.send(
      topic,
      Map.groupBy(records, (record) => record.partition ?? partition),
    );
  }

  async #fetch(
    links: ClientLinks,
    topic: string,
    partition: number,
    start: number | { readonly timestampMs: number },
  ): Promise<FetchedBatch> {
    const leader = (await links.leadersOf(topic))[partition];
    if (leader === undefined) throw new ConnectionError(`no leader of ${topic}-${partition}`);
    const from =
      typeof start === 'number'
        ? start
        : await links.request(leader, 'Fetch', (cluster) =>
            cluster.offsetFrom(leader, { topic, partition }, start.timestampMs),
          );
    const fetched = await links.request(leader, 'Fetch', (cluster) =>
      cluster.fetch(leader, { topic, partition }, from, this.#options.fetchBatches()),
    );
    const batch = committedRecords(fetched, from);
    if (batch.nextOffset === from) await this.#ports.process.pause(this.#options.longPollMs);
    return batch;
  }

  #admin<Result>(doing: string, work: (links: ClientLinks) => Promise<Result>): Promise<Result> {
    const links = new ClientLinks(this.#ports);
    return this.#ports.process.call(doing, async () => {
      for (let failures = 0; ; ) {
        try {
          return await work(links);
        } catch (thrown) {
          if (!isRetriable(thrown) || ++failures >= ADMIN_ATTEMPTS) throw kafkaError(thrown, doing);
          await links.backOff(100 * 2 ** failures);
        }
      }
    });
  }
}
