/** What a lane has left behind, held against what the source says that it showed. */

import { pino } from 'pino';
import { runKafkaTool } from '../../dev/kafka/tools.ts';
import { createDecoder, type DecodeRecord } from '../../src/avro/decoder.ts';
import { writerTypeFetcher } from '../../src/avro/registry.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import { systemClock } from '../../src/clock.ts';
import { parseJson } from '../../src/json.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { readToEnd } from '../../src/kafka/read-to-end.ts';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import { deadLettersTopic } from '../../src/kafka/topics.ts';
import type { PartitionEnd, TopicRecord } from '../../src/verify/evidence.ts';
import { checkInvariants, type Violation } from '../../src/verify/invariants.ts';
import { hashOf } from '../../src/verify/source-scan.ts';
import { type Environment, eventsTopicOf, runToEnd, stateTopicOf, WORKSPACE } from './connector.ts';
import type { Source } from './source.ts';

export interface Stock {
  /** That the source showed. */
  readonly events: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Everything that is wrong, those two included. */
  readonly violations: readonly Violation[];
  /** What `verify --ledger` says. */
  readonly ledger: string;
  readonly balanced: boolean;
}

export interface StockRequest {
  readonly name: string;
  /** Not through the proxy. */
  readonly brokers: string;
  readonly registryUrl: string;
  readonly source: Source;
  readonly environment: Environment;
}

const LAST_RUN_TIMEOUT_MS = 600_000;
const LEDGER_TIMEOUT_MS = 300_000;
const READ_COMMITTED_TIMEOUT_MS = 10_000;

/** Heals the source, lets the connector catch up, and counts. Throws where it does not catch up. */
export async function takeStock(request: StockRequest): Promise<Stock> {
  const { name, brokers, source, environment } = request;
  await source.change({ rate: 0, faults: 0, latency: '0s', 'offset-lifetime': '0s' });
  const last = await runToEnd(['run', '--until-caught-up'], environment, LAST_RUN_TIMEOUT_MS);
  if (last.exitCode !== 0)
    throw new Error(`the last run of ${name} ended with ${last.exitCode}:\n${last.stderr.slice(-3_000)}`);
  const ledger = await runToEnd(['verify', '--ledger'], environment, LEDGER_TIMEOUT_MS);
  const kafka = observer(brokers);
  try {
    const truth = await source.truth();
    const violations: Violation[] = checkInvariants({
      streams: [
        {
          stream: name,
          source: truth,
          topic: await recordsOf(kafka, request),
          deadLetters: await deadLettersOf(kafka, name),
          steps: [],
          state: [],
          reported: new Map(),
          mostPagesAhead: 0,
          caughtUp: undefined,
        },
      ],
      abortedVisible: [],
      partitions: await partitionEnds(kafka, brokers, [eventsTopicOf(name), stateTopicOf(name)]),
      readings: [],
      requests: [],
      deadProducerUses: [],
    });
    for (const detail of await cursorsGoingBack(kafka, name))
      violations.push({ invariant: 'no-zombie', detail });
    const countOf = (invariant: string) => violations.filter((each) => each.invariant === invariant).length;
    return {
      events: truth.length,
      lost: countOf('no-loss'),
      duplicated: countOf('no-duplicate'),
      violations,
      ledger: ledger.stdout.trim() || ledger.stderr.slice(-500),
      balanced: ledger.exitCode === 0,
    };
  } finally {
    await kafka.close();
  }
}

const observer = (brokers: string) =>
  new KafkajsClient(
    { brokers: brokers.split(','), clientId: 'observer', transactionTimeoutMs: 30_000, compression: 'none' },
    pino({ level: 'silent' }),
    systemClock,
    Math.random,
  );

const never = new AbortController().signal;

async function recordsOf(kafka: KafkajsClient, { name, registryUrl }: StockRequest): Promise<TopicRecord[]> {
  const registry = { url: registryUrl, timeoutMs: READ_COMMITTED_TIMEOUT_MS, clock: systemClock };
  const decode = createDecoder(writerTypeFetcher(registry, never));
  const records: TopicRecord[] = [];
  for await (const { value, partition, offset, headers } of readToEnd(kafka, eventsTopicOf(name), never)) {
    const read = await readRecord(decode, value ?? Buffer.alloc(0));
    records.push({ ...read, partition, offset, late: headers.late === 'true' });
  }
  return records;
}

async function readRecord(decode: DecodeRecord, value: Buffer) {
  const record = await decode(value);
  return { id: record.gid, createdAtMs: record.created_at, hash: hashOf(toEvent(record)) };
}

async function deadLettersOf(kafka: KafkajsClient, name: string) {
  const letters: { hash: string; offset: number }[] = [];
  for await (const { value, offset } of readToEnd(kafka, deadLettersTopic(eventsTopicOf(name)), never))
    letters.push({ hash: hashOf(parseJson(String(value))), offset });
  return letters;
}

/** A zombie whose commit got through would set the count of events back; both instances count on from the same cursor. */
async function cursorsGoingBack(kafka: KafkajsClient, name: string): Promise<string[]> {
  const { cursor: key } = stateKeys(name, WORKSPACE);
  const found: string[] = [];
  let before = 0;
  for await (const record of readToEnd(kafka, stateTopicOf(name), never)) {
    if (String(record.key) !== key) continue;
    const { events } = JSON.parse(String(record.value)) as { events: number };
    if (events < before)
      found.push(
        `${stateTopicOf(name)}-${record.partition}@${record.offset}: ${events} events, after ${before}`,
      );
    before = events;
  }
  return found;
}

/** The ends by Kafka's own tool, which counts what is not committed too. */
async function partitionEnds(
  kafka: KafkajsClient,
  brokers: string,
  topics: readonly string[],
): Promise<PartitionEnd[]> {
  const ends: PartitionEnd[] = [];
  const { stdout } = await runKafkaTool(brokers, 'kafka-get-offsets', [
    '--topic-partitions',
    topics.join(),
    '--time',
    'latest',
  ]);
  for (const [, topic = '', partition, end] of stdout.matchAll(/^(\S+):(\d+):(\d+)$/gm)) {
    const lastStableOffset = await lastStable(kafka, topic, Number(partition));
    ends.push({ topic, partition: Number(partition), lastStableOffset, endOffset: Number(end) });
  }
  return ends;
}

async function lastStable(kafka: KafkajsClient, topic: string, partition: number): Promise<number> {
  for await (const { lastStableOffset } of kafka.fetchCommitted(topic, partition, 'earliest', never))
    return lastStableOffset;
  return 0;
}
