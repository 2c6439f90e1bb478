/** Runs examples/kafka-streams until it has read everything, and checks what it wrote. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { readToEnd } from '../../src/kafka/read-to-end.ts';
import { createLog } from '../../src/log.ts';
import { EVENTS_TOPIC, failWhenEnded } from '../demo/services.ts';
import { installedFolder, javaCommand } from '../java.ts';
import type { KafkaCluster } from '../kafka.ts';
import { type ChildHandle, startChild } from '../process.ts';
import { waitUntil } from '../wait.ts';
import type { ExampleContext } from './context.ts';
import { expectedBursts } from './expected.ts';
import type { Result } from './result.ts';

const FOLDER = join(import.meta.dirname, '../../examples/kafka-streams');
const APPLICATION = 'failed-login-bursts';
export const BY_ACTOR_TOPIC = `${APPLICATION}-by-actor-repartition`;
export const BURSTS_TOPIC = 'asana.failed-login-bursts';
const TIMEOUT_MS = 600_000;
const STOP_GRACE_MS = 60_000;

/** Throws with the end of its log when the application ends by itself. */
export async function runKafkaStreams(context: ExampleContext): Promise<Result[]> {
  const { backends, events, signal } = context;
  await backends.kafka.runTool(
    'kafka-topics',
    ['--create', '--topic', BURSTS_TOPIC, '--partitions', '6', '--config', 'cleanup.policy=compact'],
    { signal },
  );
  const logFile = join(context.folder, 'kafka-streams.log');
  const application = await startApplication(context, logFile);
  const ended = new AbortController();
  failWhenEnded(application, 'the Kafka Streams example', logFile).catch((error) => ended.abort(error));
  try {
    await waitUntilAllIsRead(backends.kafka, AbortSignal.any([signal, ended.signal]));
  } finally {
    await application.stop(STOP_GRACE_MS);
  }
  const bursts = await readTable(backends.kafka, BURSTS_TOPIC, signal);
  return [
    {
      title: 'bursts of failed logins',
      rows: [...bursts].map(([burst, failures]) => `${burst}\t${failures}`),
      expected: expectedBursts(events),
    },
  ];
}

async function startApplication({ backends, folder }: ExampleContext, logFile: string): Promise<ChildHandle> {
  // Where Kafka Streams keeps its state by default: what an earlier run left must not be found.
  const temporary = join(folder, 'kafka-streams');
  await mkdir(temporary);
  return startChild({
    command: javaCommand(undefined),
    args: [
      ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${temporary}`],
      ...['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
      ...['-cp', join(installedFolder('kafka-streams'), 'libs', '*'), 'FailedLoginBursts.java'],
    ],
    cwd: FOLDER,
    env: backends.connectorEnv,
    logFile,
  });
}

/** By the offsets that it has committed, as its operator would see it. */
async function waitUntilAllIsRead(kafka: KafkaCluster, signal: AbortSignal): Promise<void> {
  const look = async (end: AbortSignal) => {
    const arguments_ = ['--describe', '--group', APPLICATION];
    const { stdout } = await kafka.runTool('kafka-consumer-groups', arguments_, { signal: end });
    return hasReadAll(stdout, [EVENTS_TOPIC, BY_ACTOR_TOPIC]) || undefined;
  };
  await waitUntil(look, {
    what: 'the Kafka Streams example to read everything',
    timeoutMs: TIMEOUT_MS,
    intervalMs: 500,
    signal,
  });
}

/**
 * Whether a group has committed the ends of these topics, by what Kafka's tool says of it. The tool asks for what is committed
 * first: what a transaction wrote between two topics is therefore in the ends as soon as what it has read is among the committed.
 */
export function hasReadAll(description: string, topics: readonly string[]): boolean {
  const rows = description.split('\n').map((line) => line.trim().split(/\s+/));
  return topics.every((wanted) => {
    const partitions = rows.filter(([, topic]) => topic === wanted);
    // A partition that never had a record has no committed offset.
    return (
      partitions.length > 0 && partitions.every(([, , , current, end]) => current === end || end === '0')
    );
  });
}

/** The last value of each key. */
async function readTable(
  kafka: KafkaCluster,
  topic: string,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const client = new KafkajsClient(
    {
      brokers: kafka.bootstrapServers.split(','),
      clientId: 'examples',
      transactionTimeoutMs: 60_000,
      compression: 'none',
    },
    createLog('error'),
    systemClock,
    Math.random,
  );
  try {
    const table = new Map<string, string>();
    for await (const { key, value } of readToEnd(client, topic, signal))
      table.set(String(key), String(value));
    return table;
  } finally {
    await client.close();
  }
}
