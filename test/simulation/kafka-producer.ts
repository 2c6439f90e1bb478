/** kafkajs's transactional producer, with the ways of it that this project has to live with. */

import type { OutgoingRecord, SendMetadata } from '../../src/kafka/client.ts';
import { ClientStateError, isRetriable, ProtocolError } from './kafka-errors.ts';
import type { ClientLinks } from './kafka-links.ts';
import type { ProducerIdentity } from './kafka-log.ts';

type State = 'fresh' | 'ready' | 'transacting' | 'ending';
type ByPartition = ReadonlyMap<number, readonly OutgoingRecord[]>;

const RETRY = { initialMs: 5, maxMs: 1_000, retries: 16 };

export class ModelProducer {
  readonly transactionalId: string;
  readonly #links: ClientLinks;
  readonly #timeoutMs: number;
  #state: State = 'fresh';
  #identity: ProducerIdentity = { producerId: -1, epoch: -1 };
  readonly #sequences = new Map<string, number>();
  /** Partitions that the coordinator knows to be in the transaction. */
  readonly #added = new Set<string>();
  /** The end of the last request to each node: the next one waits for it. */
  readonly #locks = new Map<number, Promise<unknown>>();

  constructor(transactionalId: string, timeoutMs: number, links: ClientLinks) {
    this.transactionalId = transactionalId;
    this.#timeoutMs = timeoutMs;
    this.#links = links;
  }

  /** Only the first one asks for a producer id, and so fences. */
  async begin(): Promise<void> {
    if (this.#state === 'transacting') throw new ClientStateError('there is an ongoing transaction');
    if (this.#state === 'fresh') await this.#init();
    else if (this.#state === 'ending') this.#refuseDead('Invalid state transition to TRANSACTING');
    this.#state = 'transacting';
    this.#added.clear();
  }

  /**
   * One `send`, of records of any partitions. As in kafkajs, an answer is kept by broker over all retries: a broker that has
   * answered is not asked again, although a retry may have found new leaders for the partitions.
   */
  async send(topic: string, byPartition: ByPartition): Promise<SendMetadata[]> {
    this.#refuseUnlessTransacting();
    const answers = new Map<number, SendMetadata[] | undefined>();
    return this.#retry(async () => {
      const leaders = await this.#links.leadersOf(topic);
      const byNode = Map.groupBy(byPartition.keys(), (partition) => {
        const leader = leaders[partition];
        if (leader === undefined) throw new ProtocolError('NOT_LEADER_FOR_PARTITION');
        return leader;
      });
      for (const node of byNode.keys()) if (!answers.has(node)) answers.set(node, undefined);
      const unanswered = [...answers.keys()].filter((node) => answers.get(node) === undefined);
      if (answers.size > unanswered.length)
        this.#links.coverage.reach('kafkajs keeps a broker’s answer over a retry');
      await Promise.all(
        unanswered.map(async (node) => {
          try {
            answers.set(node, await this.#produceTo(node, topic, byNode.get(node) ?? [], byPartition));
          } catch (error) {
            answers.delete(node);
            throw error;
          }
        }),
      );
      return [...answers.values()].flatMap((answer) => answer ?? []);
    });
  }

  commit(): Promise<void> {
    return this.#end('commit');
  }

  abort(): Promise<void> {
    return this.#end('abort');
  }

  async #init(): Promise<void> {
    this.#identity = await this.#retry(
      () =>
        this.#links.requestCoordinator(this.transactionalId, 'InitProducerId', (coordinator) =>
          coordinator.initProducerId(this.transactionalId, this.#timeoutMs, this.#links.owner),
        ),
      (error) => error instanceof ProtocolError && error.type === 'CONCURRENT_TRANSACTIONS',
    );
    this.#state = 'ready';
  }

  /** EndTxn goes out once. Whatever goes wrong with it leaves the producer where nothing can be done with it any more. */
  async #end(result: 'commit' | 'abort'): Promise<void> {
    this.#refuseUnlessTransacting();
    this.#state = 'ending';
    if (this.#added.size > 0) {
      await this.#links.requestCoordinator(this.transactionalId, 'EndTxn', (coordinator) =>
        coordinator.endTransaction(this.transactionalId, this.#identity, result),
      );
    }
    this.#state = 'ready';
  }

  async #produceTo(
    node: number,
    topic: string,
    partitions: readonly number[],
    byPartition: ByPartition,
  ): Promise<SendMetadata[]> {
    return this.#locked(node, async () => {
      await this.#addPartitions(topic, partitions);
      const batches = partitions.map((partition) => ({
        partition,
        records: byPartition.get(partition) ?? [],
        sequence: this.#sequences.get(`${topic}-${partition}`) ?? 0,
      }));
      for (const { partition, records } of batches) this.#moveSequence(topic, partition, records.length);
      const { transactionalId } = this;
      const producer = this.#identity;
      try {
        return await this.#links.request(node, 'Produce', (cluster) =>
          batches.map((batch) => ({
            topic,
            partition: batch.partition,
            errorCode: 0,
            baseOffset: cluster.produce(node, { transactionalId, producer, topic, ...batch }),
          })),
        );
      } catch (error) {
        for (const { partition, records } of batches) this.#moveSequence(topic, partition, -records.length);
        throw error;
      }
    });
  }

  async #addPartitions(topic: string, partitions: readonly number[]): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#added.has(`${topic}-${partition}`));
    if (fresh.length === 0) return;
    await this.#links.requestCoordinator(this.transactionalId, 'AddPartitionsToTxn', (coordinator) =>
      coordinator.addPartitions(
        this.transactionalId,
        this.#identity,
        fresh.map((partition) => ({ topic, partition })),
      ),
    );
    for (const partition of fresh) this.#added.add(`${topic}-${partition}`);
  }

  #moveSequence(topic: string, partition: number, by: number): void {
    const name = `${topic}-${partition}`;
    this.#sequences.set(name, (this.#sequences.get(name) ?? 0) + by);
  }

  async #locked<Result>(node: number, work: () => Promise<Result>): Promise<Result> {
    const before = this.#locks.get(node);
    const own = (before ?? Promise.resolve()).then(work);
    this.#locks.set(
      node,
      own.catch(() => {}),
    );
    return own;
  }

  #refuseUnlessTransacting(): void {
    if (this.#state === 'transacting') return;
    if (this.#state === 'ending') this.#refuseDead('Cannot continue to use transaction once ended');
    throw new ClientStateError('Cannot continue to use transaction once ended');
  }

  /** A commit or abort has failed, and kafkajs lets the producer do nothing any more. */
  #refuseDead(message: string): never {
    this.#links.history.deadProducerUses.push(
      `${this.#links.owner} with ${this.transactionalId}: ${message}`,
    );
    throw new ClientStateError(message);
  }

  async #retry<Result>(
    work: () => Promise<Result>,
    isWorthIt: (error: unknown) => boolean = isRetriable,
  ): Promise<Result> {
    for (let failures = 0; ; ) {
      try {
        return await work();
      } catch (error) {
        if (!isWorthIt(error) || ++failures > RETRY.retries) throw error;
        this.#links.forgetLeaders();
        await this.#links.backOff(Math.min(RETRY.maxMs, RETRY.initialMs * 2 ** failures));
      }
    }
  }
}
