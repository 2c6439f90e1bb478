/** Looks at the newest events of a topic now and then, as any consumer would: read_committed, decoded with the registry's schema. */

import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { type Admin, type Consumer, type EachBatchPayload, Kafka, logLevel } from 'kafkajs';

export type TailOptions = {
  brokers: string;
  schemaRegistryUrl: string;
  topic: string;
  groupId: string;
};

/** What is used here of an event; the rest is shown as it comes. */
export type TailedEvent = { gid: string; created_at: number };

/** Back from a partition's end; enough for a record or two in front of the marker that ends a transaction. */
const LOOK_BACK = 4;
const KEPT_EVENTS = 5;

export class EventTail {
  readonly #topic: string;
  readonly #registry: SchemaRegistry;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  #latest: TailedEvent[] = [];

  private constructor(options: TailOptions) {
    const kafka = new Kafka({
      brokers: options.brokers.split(','),
      clientId: options.groupId,
      logLevel: logLevel.NOTHING,
    });
    this.#topic = options.topic;
    this.#registry = new SchemaRegistry({ host: options.schemaRegistryUrl });
    this.#admin = kafka.admin();
    this.#consumer = kafka.consumer({ groupId: options.groupId, maxWaitTimeInMs: 200 });
  }

  /** Throws where the topic does not exist (yet). */
  static async open(options: TailOptions): Promise<EventTail> {
    const tail = new EventTail(options);
    try {
      await tail.#admin.connect();
      await tail.#consumer.connect();
      await tail.#consumer.subscribe({ topic: options.topic });
      await tail.#consumer.run({ autoCommit: false, eachBatch: (payload) => tail.#look(payload) });
      return tail;
    } catch (error) {
      await tail.close();
      throw error;
    }
  }

  /** The newest events seen so far, newest first. */
  latest(): readonly TailedEvent[] {
    return this.#latest;
  }

  /** Has the ends of all partitions read once more. In between nothing is fetched: following a backlog would cost as much as committing it. */
  async refresh(): Promise<void> {
    for (const { partition, offset, low } of await this.#admin.fetchTopicOffsets(this.#topic)) {
      const start = Math.max(Number(low), Number(offset) - LOOK_BACK);
      this.#consumer.seek({ topic: this.#topic, partition, offset: String(start) });
    }
    this.#consumer.resume([{ topic: this.#topic }]);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#consumer.disconnect(), this.#admin.disconnect()]);
  }

  async #look({ batch }: EachBatchPayload): Promise<void> {
    const values = batch.messages.slice(-KEPT_EVENTS).flatMap(({ value }) => value ?? []);
    const events: TailedEvent[] = await Promise.all(values.map((value) => this.#registry.decode(value)));
    const seen = new Map([...this.#latest, ...events].map((event) => [event.gid, event]));
    this.#latest = [...seen.values()].sort((a, b) => b.created_at - a.created_at).slice(0, KEPT_EVENTS);
    this.#consumer.pause([{ topic: this.#topic, partitions: [batch.partition] }]);
  }
}
