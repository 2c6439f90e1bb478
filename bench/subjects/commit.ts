/** Transactions as the connector makes them, of records that are ready: prints one line of JSON. */

import { rangeOf } from '../../src/byte-range.ts';
import { systemClock } from '../../src/clock.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { partitionOf } from '../../src/kafka/murmur2.ts';
import { type PlacedRecord, writeRecords } from '../../src/kafka/writer.ts';
import { createLog } from '../../src/log.ts';

const {
  BENCH_BROKERS = '',
  BENCH_TOPIC = '',
  BENCH_STATE_TOPIC = '',
  BENCH_RECORD_BYTES = '',
  BENCH_EVENTS = '',
} = process.env;
const { BENCH_TRANSACTION_RECORDS = '' } = process.env;
const PARTITIONS = 6;
const STATE_BYTES = 1_000;
const WARM_UP_TRANSACTIONS = 20;
const recordBytes = Number(BENCH_RECORD_BYTES);
const transactionRecords = Number(BENCH_TRANSACTION_RECORDS);
const transactions = Math.ceil(Number(BENCH_EVENTS) / transactionRecords);

const client = new KafkajsClient(
  { brokers: BENCH_BROKERS.split(','), clientId: 'bench', transactionTimeoutMs: 60_000, compression: 'none' },
  createLog('error'),
  systemClock,
  Math.random,
);
const limits = { maxMessageBytes: 1_000_000 };
const values = Buffer.alloc(transactionRecords * recordBytes, 'payload ');
const state: PlacedRecord[] = [
  {
    partition: 0,
    key: 'cursor',
    value: rangeOf(Buffer.alloc(STATE_BYTES, 'x')),
    timestampMs: Date.now(),
  },
];

/** Other keys each time, so that they are spread as those of events are. */
function makeRecords(transaction: number): PlacedRecord[] {
  const timestampMs = Date.now();
  return Array.from({ length: transactionRecords }, (_, at) => {
    const key = String(1_211_000_000_000_000 + transaction * transactionRecords + at);
    const value = { memory: values, start: at * recordBytes, end: (at + 1) * recordBytes };
    return { partition: partitionOf(key, PARTITIONS), key, value, timestampMs };
  });
}

const producer = await client.openProducer(BENCH_TOPIC);
let startedMs = performance.now();
for (let transaction = -WARM_UP_TRANSACTIONS; transaction < transactions; transaction += 1) {
  if (transaction === 0) startedMs = performance.now();
  const records = makeRecords(transaction + WARM_UP_TRANSACTIONS);
  const open = await producer.begin();
  await writeRecords(open, { topic: BENCH_TOPIC, ...limits }, records);
  await writeRecords(open, { topic: BENCH_STATE_TOPIC, ...limits }, state);
  await open.commit();
}
const seconds = (performance.now() - startedMs) / 1_000;
await producer.close();
await client.close();
console.log(
  JSON.stringify({
    recordsPerSecond: (transactions * transactionRecords) / seconds,
    transactionsPerSecond: transactions / seconds,
  }),
);
