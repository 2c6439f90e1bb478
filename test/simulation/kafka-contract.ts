/** What a session may rely on of Kafka behind its port: the same claims for the model and for a real broker. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/byte-range.ts';
import type {
  FetchedRecord,
  FetchStart,
  KafkaClient,
  OutgoingRecord,
  Transaction,
  TransactionalProducer,
} from '../../src/kafka/client.ts';

export interface ContractSetup {
  readonly open: () => Promise<KafkaClient>;
  readonly close: () => Promise<void>;
  /** Lets the time pass that waiting work needs. */
  readonly drive: <Result>(work: Promise<Result>) => Promise<Result>;
  /** The brokers' time, epoch milliseconds. */
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

export function describeKafkaContract(name: string, setup: ContractSetup): void {
  describe(`Kafka as the port promises it: ${name}`, () => {
    let kafka: KafkaClient;
    let topics = 0;
    beforeAll(async () => {
      kafka = await setup.open();
    });
    afterAll(() => setup.close());

    const { drive, now } = setup;
    const record = (key: string, parts: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
      key,
      value: rangeOf(Buffer.from(`value of ${key}`)),
      timestampMs: now(),
      ...parts,
    });
    const newTopic = async (settings: Record<string, string> = {}, partitions = 1): Promise<string> => {
      const topic = `contract-${++topics}`;
      await drive(kafka.createTopic({ name: topic, partitions, replicationFactor: 1, settings }));
      return topic;
    };
    const openProducer = (id: string): Promise<TransactionalProducer> => drive(kafka.openProducer(id));
    const put = async (tx: Transaction, topic: string, ...keys: string[]) =>
      drive(
        tx.send(
          topic,
          0,
          keys.map((key) => record(key)),
        ),
      );
    const commitKeys = async (producer: TransactionalProducer, topic: string, ...keys: string[]) => {
      const tx = await drive(producer.begin());
      await put(tx, topic, ...keys);
      await drive(tx.commit());
    };
    /** What is readable, and where the next fetch starts. Markers follow an end a little later: it waits for `least` of them. */
    const read = (topic: string, least: { records?: number; next?: number }, from: FetchStart = 'earliest') =>
      drive(
        (async () => {
          const records: FetchedRecord[] = [];
          for await (const batch of kafka.fetchCommitted(topic, 0, from, never)) {
            records.push(...batch.records);
            const next = batch.nextOffset;
            const isEnough = records.length >= (least.records ?? 0) && next >= (least.next ?? 0);
            if (isEnough && next >= batch.lastStableOffset) return { records, next };
          }
          throw new Error('a fetch without a signal never ends');
        })(),
      );
    const firstBatch = async (topic: string) => {
      for await (const batch of kafka.fetchCommitted(topic, 0, 'earliest', never)) return batch;
      throw new Error('a fetch without a signal never ends');
    };
    const keysIn = async (topic: string, records: number) =>
      (await read(topic, { records })).records.map(({ key }) => String(key));

    test('a committed transaction is visible, an aborted one is not, in the order of offsets', async () => {
      const topic = await newTopic();
      const producer = await openProducer('visible');
      await commitKeys(producer, topic, 'a', 'b');
      const dropped = await drive(producer.begin());
      await put(dropped, topic, 'dropped');
      await drive(dropped.abort());
      await commitKeys(producer, topic, 'c');
      await drive(producer.close());
      expect(await keysIn(topic, 3)).toEqual(['a', 'b', 'c']);
    });

    test('offsets grow over markers and aborted records, and reading goes on behind them', async () => {
      const topic = await newTopic();
      const producer = await openProducer('markers');
      await commitKeys(producer, topic, 'a');
      const dropped = await drive(producer.begin());
      await put(dropped, topic, 'dropped');
      await drive(dropped.abort());
      const { next } = await read(topic, { next: 4 });
      expect(next).toBe(4);
      await commitKeys(producer, topic, 'b');
      await drive(producer.close());
      const { records } = await read(topic, { records: 1 }, next);
      expect(records.map(({ offset, key }) => [offset, String(key)])).toEqual([[4, 'b']]);
    });

    test('reading from an offset within a batch begins exactly there, and shows nothing of an aborted one', async () => {
      const topic = await newTopic();
      const producer = await openProducer('within');
      await commitKeys(producer, topic, 'a', 'b', 'c');
      const dropped = await drive(producer.begin());
      await put(dropped, topic, 'dropped', 'dropped, too', 'and this');
      await drive(dropped.abort());
      await commitKeys(producer, topic, 'd');
      await drive(producer.close());
      const keysFrom = async (offset: number, records: number) =>
        (await read(topic, { records }, offset)).records.map(({ key }) => String(key));
      expect(await keysFrom(1, 3)).toEqual(['b', 'c', 'd']);
      expect(await keysFrom(5, 1)).toEqual(['d']);
    });

    test('two overlapping aborted transactions show nothing', async () => {
      const topic = await newTopic();
      const [one, two] = [await openProducer('overlap-1'), await openProducer('overlap-2')];
      const [first, second] = [await drive(one.begin()), await drive(two.begin())];
      await put(first, topic, 'one');
      await put(second, topic, 'two');
      await put(first, topic, 'one again');
      await drive(first.abort());
      await drive(second.abort());
      await commitKeys(one, topic, 'kept');
      await drive(one.close());
      await drive(two.close());
      expect(await keysIn(topic, 1)).toEqual(['kept']);
    });

    test('an open transaction pins the last stable offset for all who read', async () => {
      const topic = await newTopic();
      const [one, two] = [await openProducer('pin-1'), await openProducer('pin-2')];
      const pin = await drive(one.begin());
      await put(pin, topic, 'pinned');
      await commitKeys(two, topic, 'behind');
      expect(await keysIn(topic, 0)).toEqual([]);
      const first = await drive(firstBatch(topic));
      expect(first).toMatchObject({ records: [], lastStableOffset: 0 });
      expect(first?.highWatermark).toBeGreaterThan(1);
      await drive(pin.commit());
      expect(await keysIn(topic, 2)).toEqual(['pinned', 'behind']);
      await drive(one.close());
      await drive(two.close());
    });

    test('opening a producer fences nobody; its first transaction does, on send and on commit', async () => {
      const topic = await newTopic();
      const first = await openProducer('fencing');
      await commitKeys(first, topic, 'before');
      const second = await openProducer('fencing');
      await commitKeys(first, topic, 'still');
      const sending = await drive(first.begin());
      await put(sending, topic, 'zombie');
      await commitKeys(second, topic, 'after');
      await expect(put(sending, topic, 'zombie')).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
      await expect(drive(sending.commit())).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
      await drive(first.close());
      await drive(second.close());
      expect(await keysIn(topic, 3)).toEqual(['before', 'still', 'after']);
    });

    test('a zombie that has sent nothing yet is fenced by its first send', async () => {
      const topic = await newTopic();
      const first = await openProducer('idle');
      await commitKeys(first, topic, 'before');
      const second = await openProducer('idle');
      await commitKeys(second, topic, 'after');
      const zombie = await drive(first.begin());
      await expect(put(zombie, topic, 'zombie')).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
      await drive(first.close());
      await drive(second.close());
      expect(await keysIn(topic, 2)).toEqual(['before', 'after']);
    });

    test('a commit that failed leaves a producer that is refused everything', async () => {
      const topic = await newTopic();
      const first = await openProducer('dead');
      const failing = await drive(first.begin());
      await put(failing, topic, 'lost');
      const second = await openProducer('dead');
      await commitKeys(second, topic, 'kept');
      await expect(drive(failing.commit())).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
      await expect(drive(first.begin())).rejects.toThrow();
      await expect(drive(failing.commit())).rejects.toThrow();
      await expect(drive(failing.abort())).rejects.toThrow();
      await drive(first.close());
      await drive(second.close());
    });

    test('a refused batch appends nothing and leaves its transaction usable', async () => {
      const topic = await newTopic({ 'max.message.bytes': '20000' });
      const producer = await openProducer('refused');
      const tx = await drive(producer.begin());
      await put(tx, topic, 'a');
      const future = record('future', { timestampMs: now() + 48 * HOUR_MS });
      const large = record('large', { value: rangeOf(Buffer.alloc(30_000, 'x')) });
      for (const refused of [future, large]) {
        await expect(drive(tx.send(topic, 0, [record('with it'), refused]))).rejects.toMatchObject({
          code: 'KAFKA_RECORD_REFUSED',
        });
      }
      await put(tx, topic, 'b');
      await drive(tx.commit());
      await drive(producer.close());
      expect(await keysIn(topic, 2)).toEqual(['a', 'b']);
    });

    test('what a send says names exactly its partition, with the offset of its first record', async () => {
      const topic = await newTopic({}, 3);
      const producer = await openProducer('metadata');
      const tx = await drive(producer.begin());
      const answers = [
        await drive(tx.send(topic, 2, [record('a'), record('b')])),
        await drive(tx.send(topic, 2, [record('c')])),
        await drive(tx.send(topic, 0, [record('d')])),
      ];
      await drive(tx.commit());
      await drive(producer.close());
      expect(answers).toEqual([
        [{ topic, partition: 2, errorCode: 0, baseOffset: 0 }],
        [{ topic, partition: 2, errorCode: 0, baseOffset: 2 }],
        [{ topic, partition: 0, errorCode: 0, baseOffset: 0 }],
      ]);
    });

    test('keys, values, timestamps and headers come back as they were sent, nulls too', async () => {
      const topic = await newTopic();
      const producer = await openProducer('fields');
      const tx = await drive(producer.begin());
      const timestampMs = now() - 1_000_123;
      await drive(
        tx.send(topic, 0, [record('k', { value: null, timestampMs, headers: { 'error.code': 'é' } })]),
      );
      await drive(tx.send(topic, 0, [record('', { key: null })]));
      await drive(tx.commit());
      await drive(producer.close());
      const [first, second] = (await read(topic, { records: 2 })).records;
      expect(first).toMatchObject({ value: null, timestampMs, headers: { 'error.code': 'é' } });
      expect(String(first?.key)).toBe('k');
      expect(second).toMatchObject({ key: null, headers: {} });
    });

    test('reading from a time begins at the first record of that time or later', async () => {
      const topic = await newTopic();
      const producer = await openProducer('times');
      const tx = await drive(producer.begin());
      const startMs = now() - HOUR_MS;
      for (const at of [0, 1_000, 2_000, 1_500]) {
        await drive(tx.send(topic, 0, [record(String(at), { timestampMs: startMs + at })]));
      }
      await drive(tx.commit());
      await drive(producer.close());
      await read(topic, { records: 4 });
      const keysFrom = async (timestampMs: number) =>
        (await read(topic, {}, { timestampMs })).records.map(({ key }) => String(key));
      expect(await keysFrom(startMs + 1_200)).toEqual(['2000', '1500']);
      expect(await keysFrom(startMs + 3_000)).toEqual([]);
    });

    test('a topic is described as it was created, and one that is not there as undefined', async () => {
      const topic = await newTopic({ 'cleanup.policy': 'compact', 'max.message.bytes': '123456' }, 4);
      const description = await drive(kafka.describeTopic(topic));
      expect(description).toMatchObject({ partitions: 4, replicationFactor: 1 });
      expect(description?.settings.get('cleanup.policy')).toBe('compact');
      expect(description?.settings.get('max.message.bytes')).toBe('123456');
      expect(await drive(kafka.describeTopic(`${topic}-not`))).toBeUndefined();
      await drive(kafka.createTopic({ name: topic, partitions: 1, replicationFactor: 1, settings: {} }));
      expect((await drive(kafka.describeTopic(topic)))?.partitions).toBe(4);
    });
  });
}
