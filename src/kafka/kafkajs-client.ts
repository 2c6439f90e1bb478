import type { ConnectionOptions } from 'node:tls';
import kafkajs, { type Admin, type KafkaConfig } from 'kafkajs';
import type { ClusterOptions } from 'kafkajs/src/cluster/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import type { Clock } from '../clock.ts';
import type { Compression } from '../config/parse.ts';
import type { SaslLogin } from '../config/security.ts';
import type { Log } from '../log.ts';
import type {
  FetchedBatch,
  FetchStart,
  KafkaClient,
  NewTopic,
  TopicDescription,
  TransactionalProducer,
} from './client.ts';
import { LimitedCalls } from './kafkajs-calls.ts';
import { whyNoCoordinator } from './kafkajs-coordinator.ts';
import { holdLargeBuffers } from './kafkajs-encoder.ts';
import { kafkaError } from './kafkajs-errors.ts';
import { type GroupOptions, KafkajsGroup } from './kafkajs-group.ts';
import { kafkajsLog } from './kafkajs-log.ts';
import { createKafkajsProbe, type KafkaProbe } from './kafkajs-probe.ts';
import { replaceProduceRequests } from './kafkajs-produce.ts';
import { openKafkajsProducer } from './kafkajs-producer.ts';
import { CommittedReader, READ_COMMITTED } from './kafkajs-reader.ts';
import { kafkajsSasl } from './kafkajs-sasl.ts';
import { silenceLimitedSockets } from './kafkajs-sockets.ts';
import { createTopicWith, partitionsOf } from './kafkajs-topics.ts';
import { type NeededAcls, topicAcl } from './needed-acls.ts';
import { zstdCodec } from './zstd-codec.ts';

// kafkajs is CommonJS: Node finds only some of its names.
const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs;

export interface KafkajsOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly transactionTimeoutMs: number;
  readonly compression: Compression;
  /** For each new connection; without it, they are without TLS. */
  readonly tls?: (() => ConnectionOptions) | undefined;
  readonly sasl?: SaslLogin | undefined;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 20_000;
// Below the request timeout, and above what a broker takes its time for.
const SILENCE_LIMIT_MS = 15_000;
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 };
const METADATA_MAX_AGE_MS = 300_000;

const COMPRESSION_TYPES = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  zstd: CompressionTypes.ZSTD,
};

/** {@link KafkaClient} on kafkajs 2.2.4. */
export class KafkajsClient implements KafkaClient {
  readonly #kafka: kafkajs.Kafka;
  readonly #options: KafkajsOptions;
  readonly #clusterOptions: ClusterOptions;
  readonly #reader: CommittedReader;
  readonly #clock: Clock;
  readonly #closed = new AbortController();

  constructor(options: KafkajsOptions, log: Log, clock: Clock, random: () => number) {
    // kafkajs keeps its codecs in a table of its own and offers no other place for one.
    CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec;
    replaceProduceRequests(CompressionCodecs);
    holdLargeBuffers();
    const common = {
      brokers: [...options.brokers],
      clientId: options.clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      enforceRequestTimeout: true,
      retry: RETRY,
      socketFactory: silenceLimitedSockets(SILENCE_LIMIT_MS, options.tls),
      ...(options.sasl && { sasl: kafkajsSasl(options.sasl) }),
    } satisfies KafkaConfig;
    const logger = { level: logLevel.INFO, logCreator: kafkajsLog(log) };
    this.#options = options;
    this.#clock = clock;
    this.#kafka = new Kafka({ ...common, logLevel: logger.level, logCreator: logger.logCreator });
    this.#clusterOptions = {
      ...common,
      logger: createLogger(logger),
      metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      isolationLevel: READ_COMMITTED,
    };
    this.#reader = new CommittedReader(this.#clusterOptions, clock, random);
  }

  openProducer(transactionalId: string): Promise<TransactionalProducer> {
    const { transactionTimeoutMs, compression } = this.#options;
    return openKafkajsProducer(this.#kafka, {
      transactionalId,
      transactionTimeoutMs,
      compression: COMPRESSION_TYPES[compression],
      whyNoCoordinator: () => whyNoCoordinator(this.#clusterOptions, transactionalId, this.#clock),
      clock: this.#clock,
    });
  }

  fetchCommitted(
    topic: string,
    partition: number,
    from: FetchStart,
    signal: AbortSignal,
  ): AsyncIterable<FetchedBatch> {
    return this.#reader.read(topic, partition, from, signal);
  }

  describeTopic(topic: string): Promise<TopicDescription | undefined> {
    const doing = `describing the topic ${topic}`;
    return this.#withAdmin(
      doing,
      topicAcl('Describe (which Read and Write include)', topic),
      async (admin) => {
        const partitions = await partitionsOf(admin, topic);
        if (partitions === undefined) return undefined;
        const { resources } = await admin
          .describeConfigs({
            includeSynonyms: false,
            resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
          })
          .catch((thrown) => {
            throw kafkaError(thrown, doing, topicAcl('DescribeConfigs', topic));
          });
        const entries = resources[0]?.configEntries ?? [];
        return {
          partitions: partitions.length,
          replicationFactor: partitions[0]?.replicas.length ?? 0,
          settings: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
        };
      },
    );
  }

  createTopic(topic: NewTopic): Promise<void> {
    return this.#withAdmin(`creating the topic ${topic.name}`, topicAcl('Create', topic.name), (admin) =>
      createTopicWith(admin, topic, this.#clock, this.#closed.signal),
    );
  }

  /** A membership, which ends with {@link KafkajsGroup.leave}. */
  openGroup(options: GroupOptions): KafkajsGroup {
    return new KafkajsGroup(this.#clusterOptions, options, this.#clock);
  }

  /** For a look at what Kafka allows; to be closed apart. */
  openProbe(): KafkaProbe {
    return createKafkajsProbe(this.#kafka.admin(), this.#clusterOptions, this.#clock);
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }

  /**
   * With an admin client of its own, which ends with it: they are few calls, far apart. One that is kept has connections that end for
   * being idle, and where that is in the moment of the next call, kafkajs writes into the ended one.
   */
  async #withAdmin<T>(doing: string, needed: NeededAcls, work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    const calls = new LimitedCalls(this.#clock);
    try {
      return await calls.within(async () => {
        await admin.connect();
        return work(admin);
      });
    } catch (thrown) {
      throw kafkaError(thrown, doing, needed);
    } finally {
      await calls.end(() => admin.disconnect()).catch(() => {});
    }
  }
}
