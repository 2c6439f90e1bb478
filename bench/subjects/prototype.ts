/**
 * A yardstick: the fastest that was thrown together before this project (shared facts, "what is reachable"). One chain, the next
 * page on its way meanwhile, five pages a transaction, Avro into one buffer, one `send` a partition, the offset in the same
 * transaction. It neither fences nor checks nor keeps what the schema does not name, and it stays as it is.
 */

import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import kafkajs from 'kafkajs';
import { Agent, request } from 'undici';
import { partitionOf } from '../../src/kafka/murmur2.ts';

const { BENCH_SOURCE = '', BENCH_BROKERS = '', BENCH_TOPIC = '', BENCH_STATE_TOPIC = '' } = process.env;
const PAGES = 5;
const PARTITIONS = 6;
const BUFFER_BYTES = 4 * 1024 * 1024;
const SCHEMA_FILE = new URL('../../schemas/asana-audit-log-event.avsc', import.meta.url);

type Part = Record<string, unknown> | undefined;
type Event = { gid: string; created_at: string; event_type?: string; event_category?: string } & Record<
  'actor' | 'resource' | 'details' | 'context',
  Part
>;
type Page = { data: Event[]; next_page: { offset: string } | null };

const type = avsc.Type.forSchema(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')));
const dispatcher = new Agent();
const { Kafka, logLevel } = kafkajs;
const kafka = new Kafka({ brokers: BENCH_BROKERS.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({
  transactionalId: BENCH_TOPIC,
  idempotent: true,
  maxInFlightRequests: 5,
  retry: { initialRetryTime: 5, retries: 45 },
  createPartitioner:
    () =>
    ({ message }) =>
      message.partition ?? 0,
});

async function fetchPage(offset: string | undefined): Promise<Page> {
  const url = offset === undefined ? BENCH_SOURCE : `${BENCH_SOURCE}?offset=${offset}`;
  const { body } = await request(url, { dispatcher, headers: { authorization: 'Bearer token' } });
  return (await body.json()) as Page;
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);
const toParty = (of: Part) =>
  of && {
    actor_type: text(of.actor_type),
    resource_type: text(of.resource_type),
    resource_subtype: text(of.resource_subtype),
    gid: text(of.gid),
    name: text(of.name),
    email: text(of.email),
    additional_properties: {},
  };
const toDetails = (of: Part) =>
  of && {
    old_value: text(of.old_value),
    new_value: text(of.new_value),
    group: null,
    saml_response: text(of.saml_response),
    additional_properties: {},
  };
const toContext = (of: Part) =>
  of && {
    context_type: text(of.context_type),
    api_authentication_method: text(of.api_authentication_method),
    client_ip_address: text(of.client_ip_address),
    user_agent: text(of.user_agent),
    oauth_app_name: text(of.oauth_app_name),
    rule_name: null,
    on_behalf_of_user_id: null,
    additional_properties: {},
  };
const toRecord = (event: Event, createdAtMs: number) => ({
  gid: event.gid,
  workspace_gid: '1201234567890123',
  created_at: createdAtMs,
  event_type: text(event.event_type),
  event_category: text(event.event_category),
  actor: toParty(event.actor) ?? null,
  resource: toParty(event.resource) ?? null,
  details: toDetails(event.details) ?? null,
  context: toContext(event.context) ?? null,
  additional_properties: {},
  original_json: null,
});

async function commit(pages: readonly Page[]): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const messages = Array.from({ length: PARTITIONS }, (): kafkajs.Message[] => []);
  let at = 0;
  for (const event of pages.flatMap(({ data }) => data)) {
    const createdAtMs = Date.parse(event.created_at);
    const end = type.encode(toRecord(event, createdAtMs), buffer, at + 5);
    buffer.fill(0, at, at + 5);
    const key = Buffer.from(event.gid);
    const partition = partitionOf(event.gid, PARTITIONS);
    messages[partition]?.push({
      key,
      value: buffer.subarray(at, end),
      partition,
      timestamp: String(createdAtMs),
    });
    at = end;
  }
  const transaction = await producer.transaction();
  const state = JSON.stringify(pages.at(-1)?.next_page);
  await Promise.all([
    ...messages.map((own) => transaction.send({ topic: BENCH_TOPIC, messages: own })),
    transaction.send({ topic: BENCH_STATE_TOPIC, messages: [{ key: 'cursor', value: state, partition: 0 }] }),
  ]);
  await transaction.commit();
}

await producer.connect();
let next = fetchPage(undefined);
for (let pages: Page[] = [], isLast = false; !isLast; ) {
  const page = await next;
  isLast = page.data.length === 0;
  if (!isLast) next = fetchPage(page.next_page?.offset);
  if (!isLast) pages.push(page);
  if (pages.length === PAGES || (isLast && pages.length > 0)) {
    await commit(pages);
    pages = [];
  }
}
await producer.disconnect();
await dispatcher.close();
