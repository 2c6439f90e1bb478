/**
 * Kafka as this project needs it, at kafkajs's own level: the session and the writer, with all the rules that keep the
 * promise, sit above this port, so that they run over any client and over a model of Kafka.
 */

import type { ByteRange } from '../byte-range.ts';

export interface OutgoingRecord {
  /** Written as UTF-8. */
  readonly key: string | null;
  readonly value: ByteRange | null;
  /** Epoch milliseconds. */
  readonly timestampMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SendMetadata {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Of the first record of the batch. */
  readonly baseOffset: number;
}

export interface Transaction {
  /**
   * Sends to one partition. What comes back is what the client says that it wrote, to be compared with what was asked for.
   * Throws KAFKA_RECORD_REFUSED where the broker refused the batch without appending any of it.
   */
  send(
    topic: string,
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<readonly SendMetadata[]>;
  /** Throws KAFKA_OUTCOME_UNKNOWN or KAFKA_FENCED on any error: the producer is then of no further use. */
  commit(): Promise<void>;
  /** Throws as {@link commit}. */
  abort(): Promise<void>;
}

export interface TransactionalProducer {
  /** The first one fences every other producer of the same transactional id and settles what it left open. */
  begin(): Promise<Transaction>;
  close(): Promise<void>;
}

export interface FetchedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface FetchedBatch {
  /** Of committed transactions only; may be empty. */
  readonly records: readonly FetchedRecord[];
  /** Where the next fetch starts; it grows over aborted records, markers and holes too. */
  readonly nextOffset: number;
  /** Nothing at or above it can be read yet. */
  readonly lastStableOffset: number;
  /** Where the next record will be written: what lies between the last stable offset and it is not decided yet. */
  readonly highWatermark: number;
}

export interface TopicDescription {
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Effective settings, by Kafka's names. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  /** -1 = the brokers' default */
  readonly replicationFactor: number;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Where to start reading: at an offset, at the first record, or at the first record with this timestamp or a later one. There
 * may be older ones behind it, and where there is none, reading starts at the end.
 */
export type FetchStart = number | 'earliest' | { readonly timestampMs: number };

/** Errors are ConnectorErrors with a KAFKA_ code. */
export interface KafkaClient {
  /** Connects, which does not fence: only the first {@link TransactionalProducer.begin} does. */
  openProducer(transactionalId: string): Promise<TransactionalProducer>;
  /** Endless: reads on as records come, read_committed, until `signal` aborts. */
  fetchCommitted(
    topic: string,
    partition: number,
    from: FetchStart,
    signal: AbortSignal,
  ): AsyncIterable<FetchedBatch>;
  /** Undefined where there is no such topic. */
  describeTopic(topic: string): Promise<TopicDescription | undefined>;
  createTopic(topic: NewTopic): Promise<void>;
  close(): Promise<void>;
}
