import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Environment, environmentOn, eventsTopicOf, runToEnd } from '../faults/connector.ts';
import { type Source, startSource } from '../faults/source.ts';
import { type Stock, takeStock } from '../faults/stock.ts';
import { testPorts } from '../faults/test-ports.ts';
import { createTestClient, recordsOf } from '../support/topic.ts';

const NAME = 'stock';
let source: Source;
let environment: Environment;

beforeAll(async () => {
  const { folder, registryUrl } = await testPorts(NAME);
  source = await startSource({ events: 300, rate: 0 }, folder, NAME);
  const brokers = inject('kafkaBrokers');
  environment = environmentOn({ name: NAME, asanaUrl: source.baseUrl, brokers, registryUrl });
  await runToEnd(['run', '--until-caught-up'], environment, 60_000);
});
afterAll(async () => {
  await source?.close();
});

const stockOf = (truth: Source = source): Promise<Stock> =>
  takeStock({
    name: NAME,
    brokers: inject('kafkaBrokers'),
    registryUrl: inject('schemaRegistryUrl'),
    source: truth,
    environment,
  });

const kinds = ({ violations }: Stock) => [...new Set(violations.map(({ invariant }) => invariant))].sort();

/** As nobody but a defect would: in a transaction of its own, which stays open where `end` does not end it. */
async function putAgain(count: number, end: 'commit' | 'leave open'): Promise<void> {
  const client = createTestClient();
  const producer = await client.openProducer(`${NAME}-${end}`);
  const tx = await producer.begin();
  for (const record of (await recordsOf(eventsTopicOf(NAME))).slice(0, count))
    await tx.send(eventsTopicOf(NAME), record.partition, [record]);
  if (end === 'commit') await tx.commit();
  await producer.close();
  await client.close();
}

test('after a run without faults there is nothing to find', async () => {
  const stock = await stockOf();
  expect(stock.violations).toEqual([]);
  expect(stock).toMatchObject({ events: 300, lost: 0, duplicated: 0, balanced: true });
});

test('what is lost, altered, there twice, or left open is found, and told apart', async () => {
  const [first, ...others] = await source.truth();
  const truth = [{ id: '1', hash: 'x' }, { id: first?.id ?? '', hash: 'another' }, ...others];
  await putAgain(2, 'commit');
  await putAgain(1, 'leave open');

  const stock = await stockOf({ ...source, truth: async () => truth });

  expect(stock).toMatchObject({ events: 301, lost: 1, duplicated: 2 });
  expect(kinds(stock)).toEqual(
    expect.arrayContaining(['fidelity', 'no-duplicate', 'no-hanging-transaction', 'no-loss']),
  );
});
