/** What a lane has left behind, held against what the source says that it showed. */

import { runKafkaTool } from '../../dev/kafka/tools.ts';
import { createDecoder, type DecodeRecord } from '../../src/avro/decoder.ts';
import { writerTypeFetcher } from '../../src/avro/registry.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import { systemClock } from '../../src/clock.ts';
import { parseJson } from '../../src/json.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { readToEnd } from '../../src/kafka/read-to-end.ts';
import { deadLettersTopic } from '../../src/kafka/topics.ts';
import type { ConcurrentReading, PartitionEnd, TopicRecord } from '../../src/verify/evidence.ts';
import { checkInvariants } from '../../src/verify/invariants.ts';
import { hashOf } from '../../src/verify/source-scan.ts';
import type { Violation } from '../../src/verify/violation.ts';
import { silentLog } from '../support/silent-log.ts';
import type { ConcurrentReader } from './concurrent-reader.ts';
import {
  catchUp,
  type Environment,
  EVENTS_PARTITIONS,
  eventsTopicOf,
  runToEnd,
  stateTopicOf,
} from './connector.ts';
import type { Source } from './source.ts';
import { stepsOf } from './state-entry.ts';

export interface Stock {
  /** That the source showed. */
  readonly events: number;
  readonly lost: number;
  readonly duplicated: number;
  /** In the topic with the mark of a late event. */
  readonly late: number;
  /** Committed cursors; each is held against what the topic holds up to its ends. */
  readonly cursors: number;
  /** Producers that have written a session record: one writes several, when it fences and when it confirms. */
  readonly sessions: number;
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
  /** Reading since before the first start of the connector. */
  readonly reader: ConcurrentReader;
}

const LEDGER_TIMEOUT_MS = 300_000;
const READ_COMMITTED_TIMEOUT_MS = 10_000;
// A run begins with the sweep that is due: with this interval, there is one.
const SWEEP_NOW = { SWEEP_INTERVAL: '1ms' };

/** Heals the source, lets the connector catch up, and counts. Throws where it does not catch up. */
export async function takeStock(request: StockRequest): Promise<Stock> {
  const { name, brokers, source, environment, reader } = request;
  await source.settle();
  // An offset may have stepped over a late event that is younger than what the cursor is complete to, where a sweep ends. So the
  // first run gets beyond all events, and the sweep that the second one begins with reads all that the first one may have missed.
  for (let run = 0; run < 2; run++) await catchUp({ ...environment, ...SWEEP_NOW });
  const ledger = await runToEnd(['verify', '--ledger'], environment, LEDGER_TIMEOUT_MS);
  const kafka = observer(brokers);
  try {
    const truth = await source.truth();
    const partitions = await partitionEnds(kafka, brokers, [eventsTopicOf(name), stateTopicOf(name)]);
    await reader.reach(partitions);
    const topic = await recordsOf(kafka, request);
    const deadLetters = await deadLettersOf(kafka, name);
    const violations = checkInvariants({
      streams: [
        {
          stream: name,
          source: truth,
          topic,
          deadLetters,
          steps: stepsOf(reader.state, topic, deadLetters),
          state: reader.state,
          reported: new Map(),
          mostPagesAhead: 0,
          caughtUp: undefined,
        },
      ],
      abortedVisible: [],
      partitions,
      readings: readingsOf(name, topic, reader),
      requests: [],
      deadProducerUses: [],
      disputes: [],
    });
    const countOf = (invariant: string) => violations.filter((each) => each.invariant === invariant).length;
    return {
      events: truth.length,
      lost: countOf('no-loss'),
      duplicated: countOf('no-duplicate'),
      late: topic.filter(({ late }) => late).length,
      cursors: reader.state.filter(({ kind }) => kind === 'cursor').length,
      sessions: sessionsOf(reader.state),
      violations,
      ledger: ledger.stdout.trim() || ledger.stderr.slice(-500),
      balanced: ledger.exitCode === 0,
    };
  } finally {
    await kafka.close();
  }
}

const sessionsOf = (state: ConcurrentReader['state']): number =>
  new Set(state.filter(({ kind }) => kind === 'session').map(({ writer }) => writer)).size;

function readingsOf(
  name: string,
  topic: readonly TopicRecord[],
  reader: ConcurrentReader,
): ConcurrentReading[] {
  const records = Map.groupBy(topic, ({ partition }) => partition);
  return Array.from({ length: EVENTS_PARTITIONS }, (_, partition) => ({
    topic: eventsTopicOf(name),
    partition,
    seen: reader.seenIn(partition),
    atTheEnd: (records.get(partition) ?? []).map(({ offset, id }) => `${offset} ${id}`),
  }));
}

const observer = (brokers: string) =>
  new KafkajsClient(
    { brokers: brokers.split(','), clientId: 'observer', transactionTimeoutMs: 30_000, compression: 'none' },
    silentLog,
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
