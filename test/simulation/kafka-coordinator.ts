/** The transaction coordinator: who may write under a transactional id, and how each transaction ends. */

import type { OutgoingRecord } from '../../src/kafka/client.ts';
import type { Coverage } from './coverage.ts';
import { ProtocolError } from './kafka-errors.ts';
import type { PartitionLog, ProducerIdentity } from './kafka-log.ts';
import type { Timer, VirtualTime } from './virtual-time.ts';

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

export interface Write extends PartitionName {
  readonly offset: number;
  readonly record: OutgoingRecord;
}

/** A transaction as it went. `order` of its end, among all. */
export interface TransactionHistory {
  readonly transactionalId: string;
  readonly producer: ProducerIdentity;
  /** The process that asked for the producer. */
  readonly owner: string;
  readonly writes: Write[];
  outcome: 'open' | 'committed' | 'aborted';
}

interface Holder {
  owner: string;
  readonly producerId: number;
  epoch: number;
  timeoutMs: number;
  status: 'idle' | 'open' | 'ending';
  partitions: Map<string, PartitionName>;
  lastResult: 'commit' | 'abort' | undefined;
  transaction: TransactionHistory | undefined;
  timer: Timer | undefined;
}

export interface CoordinatorPorts {
  readonly time: VirtualTime;
  readonly logOf: (name: PartitionName) => PartitionLog;
  /** How long a marker takes to be written. */
  readonly markerDelayMs: () => number;
  readonly note: (what: string) => void;
  readonly coverage: Coverage;
}

export class TransactionCoordinator {
  /** Ended transactions, in the order in which they became visible. */
  readonly history: TransactionHistory[] = [];
  readonly #ports: CoordinatorPorts;
  readonly #holders = new Map<string, Holder>();
  #producerIds = 1000;

  constructor(ports: CoordinatorPorts) {
    this.#ports = ports;
  }

  /** Fences all others of the id. Throws CONCURRENT_TRANSACTIONS until what they left open is settled. */
  initProducerId(transactionalId: string, timeoutMs: number, owner: string): ProducerIdentity {
    let holder = this.#holders.get(transactionalId);
    if (holder === undefined) {
      holder = {
        owner,
        producerId: this.#producerIds++,
        epoch: -1,
        timeoutMs,
        status: 'idle',
        partitions: new Map(),
        lastResult: undefined,
        transaction: undefined,
        timer: undefined,
      };
      this.#holders.set(transactionalId, holder);
    }
    if (holder.status === 'open') this.#fence(transactionalId, holder);
    if (holder.status === 'ending') throw new ProtocolError('CONCURRENT_TRANSACTIONS');
    holder.epoch++;
    holder.owner = owner;
    holder.timeoutMs = timeoutMs;
    holder.lastResult = undefined;
    this.#ports.note(`${transactionalId} is held by epoch ${holder.epoch}`);
    return { producerId: holder.producerId, epoch: holder.epoch };
  }

  addPartitions(
    transactionalId: string,
    producer: ProducerIdentity,
    partitions: readonly PartitionName[],
  ): void {
    const holder = this.#holderOf(transactionalId, producer);
    if (holder.status === 'ending') throw new ProtocolError('CONCURRENT_TRANSACTIONS');
    if (holder.status === 'idle') this.#open(transactionalId, holder);
    for (const name of partitions) holder.partitions.set(`${name.topic}-${name.partition}`, name);
  }

  /** What a leader asks before it appends: a batch outside of its transaction would hang for ever. */
  verify(
    transactionalId: string,
    producer: ProducerIdentity,
    { topic, partition }: PartitionName,
  ): TransactionHistory {
    const holder = this.#holderOf(transactionalId, producer);
    if (
      holder.status !== 'open' ||
      !holder.partitions.has(`${topic}-${partition}`) ||
      holder.transaction === undefined
    )
      throw new ProtocolError('INVALID_TXN_STATE');
    return holder.transaction;
  }

  /** Answers once the end is decided; markers follow. */
  endTransaction(transactionalId: string, producer: ProducerIdentity, result: 'commit' | 'abort'): void {
    const holder = this.#holderOf(transactionalId, producer);
    if (holder.status === 'ending') {
      if (holder.lastResult === result) throw new ProtocolError('CONCURRENT_TRANSACTIONS');
      throw new ProtocolError('INVALID_TXN_STATE');
    }
    if (holder.status === 'idle') {
      if (holder.lastResult === result) return;
      throw new ProtocolError('INVALID_TXN_STATE');
    }
    this.#end(transactionalId, holder, result);
  }

  get openTransactions(): string[] {
    return [...this.#holders].filter(([, { status }]) => status !== 'idle').map(([id]) => id);
  }

  #holderOf(transactionalId: string, producer: ProducerIdentity): Holder {
    const holder = this.#holders.get(transactionalId);
    if (holder?.producerId !== producer.producerId) throw new ProtocolError('INVALID_PRODUCER_ID_MAPPING');
    if (holder.epoch === producer.epoch) return holder;
    this.#ports.coverage.reach('a fenced producer is refused');
    throw new ProtocolError('INVALID_PRODUCER_EPOCH');
  }

  #open(transactionalId: string, holder: Holder): void {
    const { producerId, epoch, owner } = holder;
    const producer = { producerId, epoch };
    holder.status = 'open';
    holder.transaction = { transactionalId, producer, owner, writes: [], outcome: 'open' };
    holder.timer = this.#ports.time.after(holder.timeoutMs, () => {
      this.#ports.note(`${transactionalId} transaction timed out`);
      this.#ports.coverage.reach('transaction times out at the broker');
      this.#fence(transactionalId, holder);
    });
  }

  /** The broker aborts and takes a new epoch, so that the owner finds out whatever it does next. */
  #fence(transactionalId: string, holder: Holder): void {
    holder.epoch++;
    this.#end(transactionalId, holder, 'abort');
  }

  #end(transactionalId: string, holder: Holder, result: 'commit' | 'abort'): void {
    const { time, logOf, markerDelayMs, note } = this.#ports;
    const { producerId, epoch, transaction } = holder;
    holder.timer?.cancel();
    holder.status = 'ending';
    holder.lastResult = result;
    note(`${transactionalId} ${result} of epoch ${epoch}`);
    const names = [...holder.partitions.values()];
    let left = names.length;
    for (const name of names) {
      time.after(markerDelayMs(), () => {
        logOf(name).mark({ producerId, epoch }, result);
        left--;
        if (left > 0) return;
        holder.status = 'idle';
        holder.partitions = new Map();
        holder.transaction = undefined;
        if (transaction === undefined) return;
        transaction.outcome = result === 'commit' ? 'committed' : 'aborted';
        this.history.push(transaction);
      });
    }
  }
}
