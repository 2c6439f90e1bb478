import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runKafkaTool } from '../../dev/kafka/tools.ts';
import { rangeOf } from '../../src/byte-range.ts';
import { systemClock } from '../../src/clock.ts';
import type { KafkaClient, OutgoingRecord } from '../../src/kafka/client.ts';
import { Session, type StateLocation } from '../../src/kafka/session.ts';
import { writeRecords } from '../../src/kafka/writer.ts';
import { createTestClient, putRecord, recordsOf } from '../support/topic.ts';

const HOUR_MS = 3_600_000;
const signal = new AbortController().signal;
let kafka: KafkaClient;
beforeAll(() => {
  kafka = createTestClient();
});
afterAll(() => kafka.close());

const record = (key: string, parts: Partial<OutgoingRecord> = {}) => ({
  key,
  value: rangeOf(Buffer.from(`value of ${key}`)),
  timestampMs: Date.now(),
  ...parts,
});
const createTopic = (name: string, partitions: number, settings = {}) =>
  kafka.createTopic({ name, partitions, replicationFactor: 1, settings });
const keysOf = async (topic: string) => (await recordsOf(topic)).map(({ key }) => String(key));

const location = (topic: string, stream: string, partition = 0, partitions = 1): StateLocation => ({
  topic,
  maxMessageBytes: 1_000_000,
  partition,
  partitions,
  sessionKey: `${stream}/session`,
  cursorKey: `${stream}/cursor`,
});
let ids = 0;
const openSession = (stream: string, at: StateLocation) =>
  Session.open(
    stream,
    at,
    { kafka, clock: systemClock, transactionTimeoutMs: 60_000, newSessionId: () => `session-${++ids}` },
    signal,
  );
const putCursor = (session: Session, at: StateLocation, value: string) =>
  session.transact(async (tx) => {
    await tx.send(at.topic, at.partition, [record(at.cursorKey, { value: rangeOf(Buffer.from(value)) })]);
  });

describe('a reader of committed records', () => {
  test('sees what Kafka’s own console consumer sees: no aborted record, no marker, whatever lies at the end', async () => {
    const topic = 'kafka-reader';
    await createTopic(topic, 1);
    const [one, two] = await Promise.all([kafka.openProducer('reader-1'), kafka.openProducer('reader-2')]);
    for (let round = 0; round < 5; round++) {
      const [kept, dropped] = [await one.begin(), await two.begin()];
      await dropped.send(topic, 0, [record(`dropped-${round}`)]);
      await kept.send(topic, 0, [record(`kept-${round}-a`), record(`kept-${round}-b`)]);
      await dropped.abort();
      await kept.commit();
    }
    await Promise.all([one.close(), two.close()]);

    const { stdout } = await runKafkaTool(inject('kafkaBrokers'), 'kafka-console-consumer', [
      ...[
        '--topic',
        topic,
        '--from-beginning',
        '--timeout-ms',
        '8000',
        '--isolation-level',
        'read_committed',
      ],
      ...['--formatter-property', 'print.key=true', '--formatter-property', 'print.value=false'],
    ]);

    expect(await keysOf(topic)).toEqual(stdout.split('\n').filter(Boolean));
    expect(await keysOf(topic)).toHaveLength(10);
  });

  test('does not wait for what another transaction holds back', async () => {
    const topic = 'kafka-reader-open';
    await createTopic(topic, 1);
    await putRecord(topic, 0, 'before', Buffer.from('x'));
    const producer = await kafka.openProducer('reader-open');
    const open = await producer.begin();
    await open.send(topic, 0, [record('open')]);

    expect(await keysOf(topic)).toEqual(['before']);

    await open.commit();
    expect(await keysOf(topic)).toEqual(['before', 'open']);
    await producer.close();
  });

  test('reads headers, timestamps and null values as they were sent, compressed or not', async () => {
    const topic = 'kafka-reader-fields';
    await createTopic(topic, 1, { 'compression.type': 'zstd' });
    const producer = await kafka.openProducer('reader-fields');
    const tx = await producer.begin();
    await tx.send(topic, 0, [
      record('k', { value: null, timestampMs: 1_700_000_000_123, headers: { 'error.code': 'é' } }),
    ]);
    await tx.commit();
    await producer.close();

    const [read] = await recordsOf(topic);
    expect(read).toMatchObject({
      value: null,
      timestampMs: 1_700_000_000_123,
      headers: { 'error.code': 'é' },
    });
  });
});

// Found by make soak: a connection of a kept admin client ended for being idle, in the moment of the next call ("write after end").
test('a question about a topic leaves no connection behind', async () => {
  const countSockets = () =>
    process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length;
  const before = countSockets();
  await kafka.describeTopic('kafka-not-there');
  // Long before they would end for being idle.
  await expect.poll(countSockets, { timeout: 5_000 }).toBeLessThanOrEqual(before);
});

describe('a record that the broker refuses', () => {
  test('leaves the rest of its transaction to be committed, each once and in order', async () => {
    const topic = 'kafka-refused';
    await createTopic(topic, 1, { 'max.message.bytes': '20000' });
    const producer = await kafka.openProducer('refused');
    for (let round = 0; round < 3; round++) {
      const tx = await producer.begin();
      const records = Array.from({ length: 9 }, (_, i) => ({ ...record(`${round}-${i}`), partition: 0 }));
      const future = {
        ...record(`${round}-future`, { timestampMs: Date.now() + 48 * HOUR_MS }),
        partition: 0,
      };
      const large = {
        ...record(`${round}-large`, { value: rangeOf(Buffer.alloc(30_000, 'x')) }),
        partition: 0,
      };
      const { refused } = await writeRecords(tx, { topic, maxMessageBytes: 20_000 }, [
        ...records.slice(0, 4),
        future,
        large,
        ...records.slice(4),
      ]);
      expect(refused.map((each) => String(each.record.key))).toEqual([`${round}-future`, `${round}-large`]);
      await tx.commit();
    }
    await producer.close();

    expect(await keysOf(topic)).toEqual(
      [0, 1, 2].flatMap((round) => Array.from({ length: 9 }, (_, i) => `${round}-${i}`)),
    );
  });
});

describe('a session', () => {
  test('fences the one before it, and reads what that one committed', async () => {
    const at = location('kafka-session', 'fencing');
    await createTopic(at.topic, 1, { 'cleanup.policy': 'compact' });
    const first = await openSession('fencing', at);
    await putCursor(first, at, 'one');
    const second = await openSession('fencing', at);

    expect(String(second.state.get(at.cursorKey))).toBe('one');
    await expect(putCursor(first, at, 'zombie')).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
    await putCursor(second, at, 'two');

    const third = await openSession('fencing', at);
    expect(String(third.state.get(at.cursorKey))).toBe('two');
    await Promise.all([first.close(), second.close(), third.close()]);
  });

  test('settles a transaction that its dead predecessor left open, and does not see it', async () => {
    const at = location('kafka-session-open', 'open');
    await createTopic(at.topic, 1, { 'cleanup.policy': 'compact' });
    const dead = await kafka.openProducer('open');
    const tx = await dead.begin();
    await tx.send(at.topic, 0, [record(at.cursorKey)]);

    const session = await openSession('open', at);

    expect(session.state.has(at.cursorKey)).toBe(false);
    await Promise.all([dead.close(), session.close()]);
  });

  test('reads its own last commit although a neighbour’s open transaction pins the last stable offset below it', async () => {
    const at = location('kafka-session-pinned', 'pinned');
    await createTopic(at.topic, 1, { 'cleanup.policy': 'compact' });
    const first = await openSession('pinned', at);
    const neighbour = await kafka.openProducer('pinned-neighbour');
    const pin = await neighbour.begin();
    await pin.send(at.topic, 0, [record('neighbour/cursor')]);
    await putCursor(first, at, 'mine');

    const opening = openSession('pinned', at);
    const waiting = systemClock
      .sleep(1_000, signal)
      .then(() => 'waits, instead of starting without a cursor');
    expect(await Promise.race([opening, waiting])).toBe('waits, instead of starting without a cursor');
    await pin.commit();

    expect(String((await opening).state.get(at.cursorKey))).toBe('mine');
    await Promise.all([first.close(), (await opening).close(), neighbour.close()]);
  });

  test('whose cursor is in another partition is refused, never started anew', async () => {
    const at = location('kafka-session-misplaced', 'misplaced', 1, 3);
    await createTopic(at.topic, 3, { 'cleanup.policy': 'compact' });
    await putRecord(at.topic, 2, at.cursorKey, Buffer.from('{}'));

    await expect(openSession('misplaced', at)).rejects.toMatchObject({ code: 'STATE_MISPLACED' });
  });

  test('aborts what fails half-way: nothing of it is visible', async () => {
    const at = location('kafka-session-abort', 'abort');
    await createTopic(at.topic, 1, { 'cleanup.policy': 'compact' });
    const session = await openSession('abort', at);

    const failing = session.transact(async (tx) => {
      await tx.send(at.topic, 0, [record('half')]);
      throw new Error('half-way');
    });

    await expect(failing).rejects.toThrow('half-way');
    expect(await keysOf(at.topic)).not.toContain('half');
    await session.close();
  });
});
