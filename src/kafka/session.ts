import { rangeOf } from '../byte-range.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { ConnectorError } from '../errors.ts';
import type { KafkaClient, OutgoingRecord, Transaction, TransactionalProducer } from './client.ts';
import { explainingTimeouts } from './transaction-time.ts';
import { type TopicTarget, writeRecords } from './writer.ts';

/** Where a stream's state is: its partition, its keys. */
export interface StateLocation extends TopicTarget {
  readonly partition: number;
  readonly partitions: number;
  readonly sessionKey: string;
  readonly cursorKey: string;
}

/** The last value of each key in the stream's state partition, in all of them where it has no cursor; null is a tombstone. */
export type State = ReadonlyMap<string, Buffer | null>;

export interface SessionPorts {
  readonly kafka: KafkaClient;
  readonly clock: Clock;
  /** Of this connector's producers, and so of its neighbours on the partition. */
  readonly transactionTimeoutMs: number;
  readonly newSessionId: () => string;
}

// Above the neighbours' transaction timeout, for so long can a dead one pin the last stable offset.
const READ_MARGIN_MS = 30_000;

/**
 * One incarnation of a stream's committer: it fences, reads the state, commits, and after any error is of no further use.
 */
export class Session {
  readonly state: State;
  readonly #producer: TransactionalProducer;
  readonly #location: StateLocation;
  readonly #ports: SessionPorts;

  private constructor(
    producer: TransactionalProducer,
    state: State,
    location: StateLocation,
    ports: SessionPorts,
  ) {
    this.#producer = producer;
    this.state = state;
    this.#location = location;
    this.#ports = ports;
  }

  /**
   * Fences whoever held the transactional id, then reads what they committed.
   *
   * The first transaction is what fences (`connect` does not), and the record that it writes is what shows where to stop
   * reading: the last stable offset may lie below our own last commit, pinned by a neighbour's open transaction, and the last
   * offset of the partition may be a marker that no reader ever sees.
   * Throws STATE_MISPLACED where the cursor is in another partition: taken for absent, the stream would start anew.
   */
  static async open(
    transactionalId: string,
    location: StateLocation,
    ports: SessionPorts,
    signal: AbortSignal,
  ): Promise<Session> {
    const opened = await ports.kafka.openProducer(transactionalId);
    const producer = explainingTimeouts(opened, ports.transactionTimeoutMs, ports.clock);
    try {
      const state = await fenceAndRead(producer, location, [location.partition], ports, signal);
      if (!state.has(location.cursorKey)) {
        const others = Array.from({ length: location.partitions }, (_, each) => each).filter(
          (each) => each !== location.partition,
        );
        const elsewhere = await fenceAndRead(producer, location, others, ports, signal);
        if (elsewhere.has(location.cursorKey)) {
          throw new ConnectorError(
            'STATE_MISPLACED',
            `the cursor ${location.cursorKey} is in another partition of ${location.topic} than ${location.partition}, where it belongs now`,
          );
        }
        for (const [key, value] of elsewhere) state.set(key, value);
      }
      return new Session(producer, state, location, ports);
    } catch (error) {
      await producer.close().catch(() => {});
      throw error;
    }
  }

  /**
   * Runs `work` in one transaction and commits it. After a throw the session must be closed: whether a failed commit or abort
   * took place is not known, and kafkajs refuses further use of the producer.
   */
  async transact(work: (tx: Transaction) => Promise<void>): Promise<void> {
    const tx = await this.#producer.begin();
    try {
      await work(tx);
    } catch (error) {
      // Only to spare readers the wait for the transaction timeout: the next session fences it in any case.
      await tx.abort().catch(() => {});
      throw error;
    }
    await tx.commit();
  }

  /**
   * Once it resolves, all that was committed before can be read: Kafka acknowledges a commit before its markers are in all
   * partitions, and begins no other transaction of the same id until they are. Throws KAFKA_FENCED where somebody else holds the
   * transactional id by now.
   */
  async confirm(): Promise<void> {
    await this.transact((tx) =>
      writeSession(tx, this.#location, [this.#location.partition], this.#ports.newSessionId(), this.#ports),
    );
  }

  async close(): Promise<void> {
    await this.#producer.close().catch(() => {});
  }
}

async function fenceAndRead(
  producer: TransactionalProducer,
  location: StateLocation,
  partitions: readonly number[],
  ports: SessionPorts,
  signal: AbortSignal,
): Promise<Map<string, Buffer | null>> {
  const sessionId = ports.newSessionId();
  const tx = await producer.begin();
  await writeSession(tx, location, partitions, sessionId, ports);
  await tx.commit();
  const reads = partitions.map((partition) =>
    readUntilSession(location, partition, sessionId, ports, signal),
  );
  return new Map((await Promise.all(reads)).flatMap((read) => [...read]));
}

async function writeSession(
  tx: Transaction,
  location: StateLocation,
  partitions: readonly number[],
  sessionId: string,
  { clock }: SessionPorts,
): Promise<void> {
  const record = sessionRecord(location.sessionKey, sessionId, clock.now());
  const { refused } = await writeRecords(
    tx,
    location,
    partitions.map((partition) => ({ partition, ...record })),
  );
  const [first] = refused;
  if (first) throw new ConnectorError('STATE_REFUSED', first.error.message, { cause: first.error });
}

async function readUntilSession(
  { topic, sessionKey }: StateLocation,
  partition: number,
  sessionId: string,
  { kafka, clock, transactionTimeoutMs }: SessionPorts,
  signal: AbortSignal,
): Promise<Map<string, Buffer | null>> {
  const deadlineMs = transactionTimeoutMs + READ_MARGIN_MS;
  const late = () =>
    new ConnectorError(
      'KAFKA_UNAVAILABLE',
      `the session record of ${sessionKey} was not readable in ${topic}-${partition} after ${deadlineMs / 1000} s: is another transaction open there?`,
    );
  return withDeadline(clock, deadlineMs, signal, late, async (limited) => {
    const state = new Map<string, Buffer | null>();
    for await (const { records } of kafka.fetchCommitted(topic, partition, 'earliest', limited)) {
      for (const { key, value } of records) {
        if (key === null) continue;
        const name = key.toString();
        state.set(name, value);
        if (name === sessionKey && value?.includes(sessionId)) return state;
      }
    }
    throw late();
  });
}

function sessionRecord(sessionKey: string, sessionId: string, nowMs: number): OutgoingRecord {
  const value = JSON.stringify({
    version: 1,
    session_id: sessionId,
    started_at: new Date(nowMs).toISOString(),
  });
  return { key: sessionKey, value: rangeOf(Buffer.from(value)), timestampMs: nowMs };
}
