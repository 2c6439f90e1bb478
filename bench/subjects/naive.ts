/**
 * A yardstick: what a user would write in an afternoon. A page, its events as JSON with one `send`, the offset to a file, the next
 * page. At least once, if that: it is here for its speed.
 */

import { writeFileSync } from 'node:fs';
import kafkajs from 'kafkajs';

const { BENCH_SOURCE = '', BENCH_BROKERS = '', BENCH_TOPIC = '', BENCH_OFFSET_FILE = '' } = process.env;

interface Answer {
  readonly data: readonly { readonly gid: string }[];
  readonly next_page: { readonly offset: string } | null;
}

const { Kafka, logLevel } = kafkajs;
const kafka = new Kafka({ brokers: BENCH_BROKERS.split(','), logLevel: logLevel.ERROR });
const producer = kafka.producer();
await producer.connect();

let offset: string | undefined;
for (;;) {
  const url = new URL(BENCH_SOURCE);
  if (offset !== undefined) url.searchParams.set('offset', offset);
  const response = await fetch(url, { headers: { authorization: 'Bearer token' } });
  const page = (await response.json()) as Answer;
  if (page.data.length === 0) break;
  const messages = page.data.map((event) => ({ key: event.gid, value: JSON.stringify(event) }));
  await producer.send({ topic: BENCH_TOPIC, messages });
  offset = page.next_page?.offset;
  writeFileSync(BENCH_OFFSET_FILE, offset ?? '');
}
await producer.disconnect();
