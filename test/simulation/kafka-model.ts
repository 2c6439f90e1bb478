/** A cluster of brokers: topics, leaders that move, nodes that go down, and the transactions over all of it. */

import type { FetchedPartition } from 'kafkajs/src/cluster/index.js';
import { sizeOf } from '../../src/byte-range.ts';
import type { NewTopic, OutgoingRecord, TopicDescription } from '../../src/kafka/client.ts';
import type { Coverage } from './coverage.ts';
import type { Dice } from './dice.ts';
import { type PartitionName, TransactionCoordinator } from './kafka-coordinator.ts';
import { ProtocolError } from './kafka-errors.ts';
import { PartitionLog, type ProducerIdentity } from './kafka-log.ts';
import type { VirtualTime } from './virtual-time.ts';

interface Partition {
  readonly log: PartitionLog;
  leader: number;
}

interface Topic {
  readonly settings: ReadonlyMap<string, string>;
  readonly replicationFactor: number;
  readonly partitions: readonly Partition[];
}

export interface ClusterPorts {
  readonly time: VirtualTime;
  readonly dice: Dice;
  /** The brokers' own clock, epoch milliseconds. */
  readonly now: () => number;
  readonly note: (what: string) => void;
  readonly coverage: Coverage;
}

export interface ProduceRequest extends PartitionName {
  readonly transactionalId: string;
  readonly producer: ProducerIdentity;
  readonly sequence: number;
  readonly records: readonly OutgoingRecord[];
}

export const NODES = [0, 1, 2] as const;
const DEFAULT_SETTINGS = {
  'cleanup.policy': 'delete',
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.type': 'CreateTime',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
};
/** About what a batch and each of its records cost beyond keys and values. */
const BATCH_BYTES = 61;
const RECORD_BYTES = 12;

export class KafkaModel {
  readonly transactions: TransactionCoordinator;
  readonly #ports: ClusterPorts;
  readonly #topics = new Map<string, Topic>();
  readonly #down = new Set<number>();

  constructor(ports: ClusterPorts) {
    this.#ports = ports;
    this.transactions = new TransactionCoordinator({
      time: ports.time,
      logOf: (name) => this.#partition(name).log,
      markerDelayMs: () => ports.dice.scale(1, 40),
      note: ports.note,
      coverage: ports.coverage,
    });
  }

  get topicNames(): string[] {
    return [...this.#topics.keys()];
  }

  isUp(node: number): boolean {
    return !this.#down.has(node);
  }

  /** A topic that exists is left as it is, as kafkajs's `createTopics` does. */
  createTopic({ name, partitions, replicationFactor, settings }: NewTopic): void {
    if (this.#topics.has(name)) return;
    this.#topics.set(name, {
      settings: new Map(Object.entries({ ...DEFAULT_SETTINGS, ...settings })),
      replicationFactor: replicationFactor === -1 ? NODES.length : replicationFactor,
      partitions: Array.from({ length: partitions }, (_, at) => ({
        log: new PartitionLog(),
        leader: NODES[at % NODES.length] ?? 0,
      })),
    });
  }

  describeTopic(name: string): TopicDescription | undefined {
    const topic = this.#topics.get(name);
    return (
      topic && {
        partitions: topic.partitions.length,
        replicationFactor: topic.replicationFactor,
        settings: topic.settings,
      }
    );
  }

  /** The leader of each partition; none while an election is under way. */
  leadersOf(name: string): (number | undefined)[] {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new ProtocolError('UNKNOWN_TOPIC_OR_PARTITION');
    return topic.partitions.map(({ leader }) => (this.isUp(leader) ? leader : undefined));
  }

  /** Which node coordinates a transactional id: the first one of its order that is up. */
  coordinatorOf(transactionalId: string): number {
    const from = transactionalId.length;
    return NODES.map((_, at) => (from + at) % NODES.length).find((node) => this.isUp(node)) ?? 0;
  }

  /** The offset of the first record. */
  produce(node: number, request: ProduceRequest): number {
    const partition = this.#partition(request);
    if (partition.leader !== node) throw new ProtocolError('NOT_LEADER_FOR_PARTITION');
    this.#check(request);
    const transaction = this.transactions.verify(request.transactionalId, request.producer, request);
    const before = partition.log.endOffset;
    const offset = partition.log.append(request.producer, request.sequence, request.records);
    if (offset < before) return offset;
    const { topic, partition: number } = request;
    for (const [at, record] of request.records.entries()) {
      transaction.writes.push({ topic, partition: number, offset: offset + at, record });
    }
    return offset;
  }

  offsetFrom(node: number, name: PartitionName, timestampMs: number): number {
    const { leader, log } = this.#partition(name);
    if (leader !== node) throw new ProtocolError('NOT_LEADER_FOR_PARTITION');
    return log.offsetFrom(timestampMs);
  }

  fetch(node: number, name: PartitionName, from: number, maxBatches: number): FetchedPartition {
    const { leader, log } = this.#partition(name);
    if (leader !== node) throw new ProtocolError('NOT_LEADER_FOR_PARTITION');
    return log.fetch(name.partition, from, maxBatches);
  }

  /** What a reader would see on the leader's own disk: for the checks at the end. */
  logOf(topic: string, partition: number): PartitionLog {
    return this.#partition({ topic, partition }).log;
  }

  moveLeader(topic: string, partition: number): void {
    const found = this.#topics.get(topic)?.partitions[partition];
    const others = NODES.filter((node) => node !== found?.leader && this.isUp(node));
    if (found === undefined || others.length === 0) return;
    found.leader = this.#ports.dice.pick(others);
    this.#ports.note(`leader of ${topic}-${partition} is ${found.leader}`);
  }

  /** Its partitions have no leader until `elect`. */
  takeDown(node: number): void {
    this.#ports.note(`node ${node} is down`);
    this.#down.add(node);
  }

  bringUp(node: number): void {
    this.#ports.note(`node ${node} is up`);
    this.#down.delete(node);
  }

  /** Every partition whose leader is down gets another one. */
  elect(): void {
    for (const [name, { partitions }] of this.#topics) {
      for (const [at, { leader }] of partitions.entries()) if (!this.isUp(leader)) this.moveLeader(name, at);
    }
  }

  compact(): void {
    for (const { settings, partitions } of this.#topics.values()) {
      if (settings.get('cleanup.policy') === 'compact') for (const { log } of partitions) log.compact();
    }
  }

  /** A batch is appended whole or not at all. */
  #check({ topic, records }: ProduceRequest): void {
    const settings = this.#topics.get(topic)?.settings;
    const latestMs = this.#ports.now() + Number(settings?.get('message.timestamp.after.max.ms'));
    let sizeBytes = BATCH_BYTES;
    for (const { key, value, timestampMs, headers } of records) {
      if (timestampMs > latestMs) throw new ProtocolError('INVALID_TIMESTAMP');
      if (key === null && settings?.get('cleanup.policy') === 'compact')
        throw new ProtocolError('INVALID_RECORD');
      sizeBytes += RECORD_BYTES + Buffer.byteLength(key ?? '') + sizeOf(value);
      for (const [name, text] of Object.entries(headers ?? {}))
        sizeBytes += name.length + Buffer.byteLength(text);
    }
    if (sizeBytes > Number(settings?.get('max.message.bytes'))) throw new ProtocolError('MESSAGE_TOO_LARGE');
  }

  #partition({ topic, partition }: PartitionName): Partition {
    const found = this.#topics.get(topic)?.partitions[partition];
    if (found === undefined) throw new ProtocolError('UNKNOWN_TOPIC_OR_PARTITION');
    return found;
  }
}
