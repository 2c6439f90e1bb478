import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { runKafkaTool } from '../../dev/kafka/tools.ts';

const kafkaBrokers = inject('kafkaBrokers');
const schemaRegistryUrl = inject('schemaRegistryUrl');
const kafka = new Kafka({ brokers: kafkaBrokers.split(','), logLevel: logLevel.NOTHING });

test('a committed transaction is what Kafka’s own console consumer reads', async () => {
  const topic = 'stack-transaction';
  await runKafkaTool(kafkaBrokers, 'kafka-topics', ['--create', '--topic', topic]);
  const producer = kafka.producer({
    transactionalId: 'stack-test',
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const aborted = await producer.transaction();
  await aborted.send({ topic, messages: [{ key: 'a', value: 'aborted' }] });
  await aborted.abort();
  const committed = await producer.transaction();
  await committed.send({ topic, messages: [{ key: 'k', value: 'committed' }] });
  await committed.commit();
  await producer.disconnect();

  const { stdout } = await runKafkaTool(kafkaBrokers, 'kafka-console-consumer', [
    ...['--topic', topic, '--from-beginning', '--max-messages', '1', '--timeout-ms', '30000'],
    ...['--isolation-level', 'read_committed', '--formatter-property', 'print.key=true'],
  ]);

  expect(stdout).toBe('k\tcommitted\n');
});

test('the broker creates no topic by itself', async () => {
  const admin = kafka.admin();
  await admin.connect();
  await expect(admin.fetchTopicMetadata({ topics: ['stack-nobody-made-this'] })).rejects.toThrow(
    /does not host this topic-partition/,
  );
  await admin.disconnect();
});

test('the registry answers an unknown subject as Confluent’s does', async () => {
  const answer = await fetch(`${schemaRegistryUrl}/subjects/stack-unknown/versions/latest`);

  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error_code: 40401 });
});

test('the registry gives a schema back by the id it gave for it', async () => {
  const schema = JSON.stringify({ type: 'record', name: 'Stack', fields: [{ name: 'a', type: 'string' }] });
  const registered = await fetch(`${schemaRegistryUrl}/subjects/stack-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  const { id } = (await registered.json()) as { id: number };

  const answer = await fetch(`${schemaRegistryUrl}/schemas/ids/${id}`);

  expect(((await answer.json()) as { schema: string }).schema).toBe(schema);
});
