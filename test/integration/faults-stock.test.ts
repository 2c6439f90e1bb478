import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { rangeOf } from '../../src/byte-range.ts';
import type { ReadRecord } from '../../src/kafka/read-to-end.ts';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import { type ConcurrentReader, startConcurrentReader } from '../faults/concurrent-reader.ts';
import {
  catchUp,
  type Environment,
  environmentOn,
  eventsTopicOf,
  stateTopicOf,
  WORKSPACE,
} from '../faults/connector.ts';
import { type Source, startSource } from '../faults/source.ts';
import { type Stock, takeStock } from '../faults/stock.ts';
import { testPorts } from '../faults/test-ports.ts';
import { createTestClient, recordsOf } from '../support/topic.ts';

const NAME = 'stock';
let source: Source;
let environment: Environment;
let reader: ConcurrentReader;

beforeAll(async () => {
  const { folder, registryUrl } = await testPorts(NAME);
  source = await startSource({ events: 300, rate: 0 }, folder, NAME);
  const brokers = inject('kafkaBrokers');
  environment = environmentOn({ name: NAME, asanaUrl: source.baseUrl, brokers, registryUrl });
  reader = startConcurrentReader(NAME, brokers);
  await catchUp(environment);
});
afterAll(async () => {
  await reader?.close();
  await source?.close();
});

const stockOf = (other: { source?: Source; reader?: ConcurrentReader } = {}): Promise<Stock> =>
  takeStock({
    name: NAME,
    brokers: inject('kafkaBrokers'),
    registryUrl: inject('schemaRegistryUrl'),
    source,
    environment,
    reader,
    ...other,
  });

const kinds = ({ violations }: Stock) => [...new Set(violations.map(({ invariant }) => invariant))].sort();

/** As nobody but a defect would: in a transaction of its own, which stays open where `end` does not end it. */
async function putAgain(
  topic: string,
  records: readonly ReadRecord[],
  end: 'commit' | 'leave open',
): Promise<void> {
  const client = createTestClient();
  const producer = await client.openProducer(`${NAME}-${end}`);
  const tx = await producer.begin();
  for (const { key, value, ...record } of records) {
    const again = { ...record, key: key && String(key), value: value && rangeOf(value) };
    await tx.send(topic, record.partition, [again]);
  }
  if (end === 'commit') await tx.commit();
  await producer.close();
  await client.close();
}

test('after a run without faults there is nothing to find', async () => {
  const stock = await stockOf();
  expect(stock.violations).toEqual([]);
  expect(stock).toMatchObject({ events: 300, lost: 0, duplicated: 0, balanced: true });
  expect(stock.sessions).toBe(3);
  expect(stock.cursors).toBeGreaterThanOrEqual(2);
});

test('what the concurrent reader has missed is found, and so is a cursor of another producer, even where it says what is true', async () => {
  const { cursor } = stateKeys(NAME, WORKSPACE);
  const cursors = (await recordsOf(stateTopicOf(NAME))).filter(({ key }) => String(key) === cursor);
  await putAgain(stateTopicOf(NAME), cursors.slice(-1), 'commit');
  const seenIn = (partition: number) =>
    reader.seenIn(partition).filter((_, at) => partition !== 1 || at !== 3);

  const { violations } = await stockOf({ reader: { ...reader, seenIn } });

  expect(violations).toEqual([
    { invariant: 'no-zombie', detail: expect.stringContaining('moved the cursor') },
    { invariant: 'reader-agrees', detail: expect.stringContaining(`${eventsTopicOf(NAME)}-1: record 3 was`) },
  ]);
});

test('what is lost, altered, there twice, or left open is found, and told apart', async () => {
  const [first, ...others] = await source.truth();
  const truth = [{ id: '1', hash: 'x' }, { id: first?.id ?? '', hash: 'another' }, ...others];
  const records = await recordsOf(eventsTopicOf(NAME));
  await putAgain(eventsTopicOf(NAME), records.slice(0, 2), 'commit');
  await putAgain(eventsTopicOf(NAME), records.slice(0, 1), 'leave open');

  const stock = await stockOf({ source: { ...source, truth: async () => truth } });

  expect(stock).toMatchObject({ events: 301, lost: 1, duplicated: 2 });
  expect(kinds(stock)).toEqual(
    expect.arrayContaining([
      'cursor-agrees',
      'fidelity',
      'no-duplicate',
      'no-hanging-transaction',
      'no-loss',
    ]),
  );
});
