import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLeaderMover } from '../../dev/kafka/leader-mover.ts';
import { type KafkaCluster, startKafka } from '../../dev/kafka.ts';
import { rangeOf } from '../../src/byte-range.ts';
import { systemClock } from '../../src/clock.ts';
import type { KafkaClient } from '../../src/kafka/client.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { readToEnd } from '../../src/kafka/read-to-end.ts';
import { type PlacedRecord, writeRecords } from '../../src/kafka/writer.ts';
import { silentLog } from '../support/silent-log.ts';

const PARTITIONS = 6;
const RECORDS = 60;
const MOVES = 10;
const SETTLED_AFTER_MS = 10_000;
const never = new AbortController().signal;
let cluster: KafkaCluster;
let kafka: KafkaClient;

beforeAll(async () => {
  cluster = await startKafka({ brokers: 3 });
  const options = {
    brokers: cluster.bootstrapServers.split(','),
    clientId: 'test',
    transactionTimeoutMs: 30_000,
    compression: 'none',
  } as const;
  kafka = new KafkajsClient(options, silentLog, systemClock, Math.random);
});
afterAll(async () => {
  await kafka?.close();
  await cluster?.close();
});

const recordsOf = (round: number): PlacedRecord[] =>
  Array.from({ length: RECORDS }, (_, i) => ({
    key: `${round}-${i}`,
    value: rangeOf(Buffer.from('x'.repeat(200))),
    timestampMs: Date.now(),
    partition: i % PARTITIONS,
  }));

/**
 * What a read_committed reader sees, against what was committed. Kafka acknowledges a commit before its markers are written, which
 * takes longer where a leader has just moved: what is not there counts as lost once it has not come for so long.
 */
async function countOf(topic: string, committed: ReadonlySet<string>) {
  const deadlineMs = Date.now() + SETTLED_AFTER_MS;
  for (;;) {
    const count = await countNow(topic, committed);
    if (count.lost === 0 || Date.now() > deadlineMs) return count;
    await sleep(100);
  }
}

async function countNow(topic: string, committed: ReadonlySet<string>) {
  const seen = new Map<string, number>();
  for await (const { key } of readToEnd(kafka, topic, never))
    seen.set(String(key), (seen.get(String(key)) ?? 0) + 1);
  const lost = [...committed].filter((key) => !seen.has(key)).length;
  const duplicated = [...seen].filter(([, times]) => times > 1).length;
  const uncommitted = [...seen.keys()].filter((key) => !committed.has(key)).length;
  return { lost, duplicated, uncommitted };
}

/** One transaction after the other while leaders move, until `enough` records are committed and leaders were moved often enough; a failed one is abandoned with its producer, as a session would. */
async function writeWhileLeadersMove(
  topic: string,
  enough: number,
  write: (records: PlacedRecord[]) => Promise<void>,
): Promise<{ committed: Set<string>; moves: number }> {
  await kafka.createTopic({
    name: topic,
    partitions: PARTITIONS,
    replicationFactor: 3,
    settings: { 'min.insync.replicas': '2' },
  });
  const mover = await startLeaderMover(cluster.bootstrapServers, topic, 300);
  const committed = new Set<string>();
  const deadlineMs = Date.now() + 60_000;
  const goesOn = () => committed.size < enough || mover.rounds() < MOVES;
  for (let round = 0; goesOn() && Date.now() < deadlineMs; round++) {
    const records = recordsOf(round);
    await write(records).then(
      () => {
        for (const { key } of records) committed.add(String(key));
      },
      () => {},
    );
  }
  await mover.stop();
  return { committed, moves: mover.rounds() };
}

describe('while leaders move every 300 ms', () => {
  test('one send a partition loses nothing and repeats nothing', async () => {
    let producer = await kafka.openProducer('one-partition-a-send');
    const { committed, moves } = await writeWhileLeadersMove('leaders-ruled', 300, async (records) => {
      try {
        const tx = await producer.begin();
        await writeRecords(tx, { topic: 'leaders-ruled', maxMessageBytes: 1_000_000 }, records);
        await tx.commit();
      } catch (error) {
        await producer.close().catch(() => {});
        producer = await kafka.openProducer('one-partition-a-send');
        throw error;
      }
    });
    await producer.close();

    expect(moves).toBeGreaterThanOrEqual(MOVES);
    expect(committed.size).toBeGreaterThan(0);
    const { lost, duplicated } = await countOf('leaders-ruled', committed);
    expect({ lost, duplicated }).toEqual({ lost: 0, duplicated: 0 });
  });

  // The rule switched off: this is what it guards against. If kafkajs is mended one day, this test says so. Not every leader moves
  // just while a send is half answered, so there are several rounds.
  test('one send over all partitions loses and repeats records of transactions that it has committed', {
    timeout: 400_000,
  }, async () => {
    let wrong = 0;
    for (let round = 1; wrong === 0 && round <= 5; round++) {
      const topic = `leaders-unruled-${round}`;
      const { committed } = await writeOverAllPartitions(topic);
      const { lost, duplicated } = await countOf(topic, committed);
      wrong = lost + duplicated;
    }
    expect(wrong).toBeGreaterThan(0);
  });
});

async function writeOverAllPartitions(topic: string): Promise<{ committed: Set<string>; moves: number }> {
  const client = new kafkajs.Kafka({
    brokers: cluster.bootstrapServers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const open = async () => {
    const producer = client.producer({
      transactionalId: 'all-partitions-a-send',
      idempotent: true,
      maxInFlightRequests: 5,
      retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: 16 },
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    await producer.connect();
    return producer;
  };
  let producer = await open();
  const written = await writeWhileLeadersMove(topic, 600, async (records) => {
    try {
      const tx = await producer.transaction();
      // As they are: every producer of this process has our produce request.
      await tx.send({ topic, messages: [...records] as Message[] });
      await tx.commit();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      producer = await open();
      throw error;
    }
  });
  await producer.disconnect();
  return written;
}
