import { ConfigResourceTypes } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/byte-range.ts';
import { systemClock } from '../../src/clock.ts';
import type { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { Session, type StateLocation } from '../../src/kafka/session.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { createTestClient, keysIn, putRecord, recordsOf } from '../support/topic.ts';
import { administer, createTopic, setTopic, simulate } from './scene.ts';

const WORKSPACE = '1201234567890123';
const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];
const MEGABYTE = 1_048_576;
const never = new AbortController().signal;
let kafka: KafkajsClient;
let ids = 0;

beforeAll(async () => {
  kafka = createTestClient();
  // 15 s by default, for which a test would wait.
  await administer((admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.BROKER,
          name: '1',
          configEntries: [{ name: 'log.cleaner.backoff.ms', value: '200' }],
        },
      ],
    }),
  );
});
afterAll(() => kafka?.close());

const location = (topic: string): StateLocation => ({
  topic,
  maxMessageBytes: 2 * MEGABYTE,
  partition: 0,
  partitions: 1,
  sessionKey: 'mine/session',
  cursorKey: 'mine/cursor',
});
const openSession = (topic: string) =>
  Session.open(
    topic,
    location(topic),
    { kafka, clock: systemClock, transactionTimeoutMs: 60_000, newSessionId: () => `session-${++ids}` },
    never,
  );
const record = (key: string, value: string) => ({
  key,
  value: rangeOf(Buffer.from(value)),
  timestampMs: Date.now(),
});
const putCursor = (session: Session, topic: string, value: string) =>
  session.transact(async (tx) => {
    await tx.send(topic, 0, [record('mine/cursor', value)]);
  });

test('a tail of aborted transactions and markers behind the cursor does not hide it', async () => {
  const topic = 'state-tail';
  await createTopic(topic, 1, { 'cleanup.policy': 'compact' });
  const first = await openSession(topic);
  await putCursor(first, topic, 'the last');
  const neighbour = await kafka.openProducer('state-tail-neighbour');
  for (let at = 0; at < 10; at++) {
    const tx = await neighbour.begin();
    await tx.send(topic, 0, [record('mine/cursor', 'never committed')]);
    await tx.abort();
  }
  await neighbour.close();

  const session = await openSession(topic);

  expect(String(session.state.get('mine/cursor'))).toBe('the last');
  await Promise.all([first.close(), session.close()]);
});

describe('while the state topic is compacted', () => {
  const COMPACTED_AT_ONCE = {
    'cleanup.policy': 'compact',
    'max.message.bytes': String(2 * MEGABYTE),
    'segment.bytes': String(2 * MEGABYTE),
    'min.cleanable.dirty.ratio': '0.001',
    'delete.retention.ms': '0',
  };

  test('a reader that is half-way goes on, and ends with the last value of each key', async () => {
    const topic = 'state-compacted-reading';
    await createTopic(topic, 1, { ...COMPACTED_AT_ONCE, 'min.compaction.lag.ms': '3600000' });
    const producer = await kafka.openProducer(topic);
    const last = new Map<string, string>();
    for (let at = 0; at < 20; at++) {
      const tx = await producer.begin();
      const [key, value] = [`key-${at % 3}`, `${at} ${'x'.repeat(MEGABYTE)}`];
      last.set(key, value);
      await tx.send(topic, 0, [record(key, value)]);
      await (at % 4 === 3 ? tx.abort() : tx.commit());
      if (at % 4 === 3) last.delete(key);
    }
    await producer.close();
    const expected = await lastValues(topic, async () => undefined);

    // More than one fetch holds: the rest is asked for after the cleaner has been there.
    let compactions = 0;
    const read = await lastValues(topic, async () => {
      if (compactions++ > 0) return;
      await setTopic(topic, COMPACTED_AT_ONCE);
      await eventually('it is compacted', async () => (await recordsOf(topic)).length < 10);
    });

    expect(compactions).toBeGreaterThan(0);
    expect(read).toEqual(expected);
    expect(read.size).toBe(3);
  });

  test('each session finds what the one before has committed', async () => {
    const topic = 'state-compacted-sessions';
    await createTopic(topic, 1, COMPACTED_AT_ONCE);
    for (let at = 0; at < 12; at++) {
      const session = await openSession(topic);
      const [was] = String(session.state.get('mine/cursor')).split(' ');
      expect(was).toBe(at === 0 ? 'undefined' : String(at - 1));
      await putCursor(session, topic, `${at} ${'x'.repeat(MEGABYTE)}`);
      await session.close();
    }
    await eventually('it was compacted', async () => {
      return (await recordsOf(topic)).filter(({ key }) => String(key) === 'mine/cursor').length < 12;
    });
  });
});

/** Key to the beginning of its last value; waits for `inBetween` behind the first fetch that has records. */
async function lastValues(topic: string, inBetween: () => Promise<void>): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for await (const { records, nextOffset, lastStableOffset } of kafka.fetchCommitted(
    topic,
    0,
    'earliest',
    never,
  )) {
    for (const { key, value } of records) values.set(String(key), String(value).slice(0, 3));
    if (nextOffset >= lastStableOffset) break;
    if (records.length > 0) await inBetween();
  }
  return values;
}

test.for<[string, (text: string) => string]>([
  ['bytes that are no JSON', () => '\u0000\u0001\ufffd{'],
  ['cut short', (text) => text.slice(0, text.length >> 1)],
  ['a negative count', (text) => text.replace(/"events":\d+/, '"events":-1')],
])(
  'a cursor that is damaged (%s) is never taken for a first start: nothing is published a second time',
  async ([what, damage], context) => {
    const name = `damaged-${what.replaceAll(' ', '-')}`;
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor(name, source, { STATE_TOPIC_PARTITIONS: '1' });
    await runConnector(UNTIL_CAUGHT_UP, environment);
    const key = `${name}/${WORKSPACE}/cursor`;
    const cursor = (await recordsOf(`${name}.state`)).findLast((each) => String(each.key) === key);
    const damaged = damage(String(cursor?.value));
    expect(damaged).not.toBe(String(cursor?.value));
    await putRecord(`${name}.state`, 0, key, Buffer.from(damaged));

    const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);

    expect(stderr).toContain(`the state record ${key} cannot be read`);
    expect(stderr).toContain('(STATE_UNREADABLE)');
    expect(exitCode).toBe(1);
    expect(await keysIn(`${name}.events`)).toEqual(gidsOf(source));
  },
);
