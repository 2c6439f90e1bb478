/** What the rows play on: a broker, a registry, the source, and a place for logs. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { type KafkaCluster, startKafka } from '../dev/kafka.ts';
import { startChild } from '../dev/process.ts';
import { startRegistry } from '../dev/registry.ts';
import { waitUntil } from '../dev/wait.ts';
import { QUIET, type SourceSettings, type SourceStatus } from './source/settings.ts';

export interface Source {
  /** Of the API. */
  readonly baseUrl: string;
  readonly pid: number;
  reset(settings: Partial<SourceSettings>): Promise<void>;
  status(): Promise<SourceStatus>;
}

export interface Stage {
  readonly kafka: KafkaCluster;
  readonly registryUrl: string;
  readonly source: Source;
  /** Of logs and of what measured processes leave behind. */
  readonly folder: string;
  createTopic(name: string): Promise<void>;
  /** Those that exist; what a run wrote must not fill the disk. */
  deleteTopics(names: readonly string[]): Promise<void>;
}

export const PARTITIONS = 6;
const TOPIC_TIMEOUT_MS = 30_000;

/** Everything is ended by `cleanup`; `folder` is left to its owner. */
export async function buildStage(folder: string, cleanup: AsyncDisposableStack): Promise<Stage> {
  const kafka = await startKafka({ brokers: 1, folder });
  cleanup.defer(() => kafka.close());
  const registry = await startRegistry({ folder });
  cleanup.defer(() => registry.close());
  const source = await startSource(folder, cleanup);
  const client = new kafkajs.Kafka({
    brokers: kafka.bootstrapServers.split(','),
    clientId: 'bench',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  cleanup.defer(() => admin.disconnect());
  return {
    kafka,
    registryUrl: registry.url,
    source,
    folder,
    createTopic: async (topic) => {
      // The events are 80 days old, so they would be deleted at once.
      const configEntries = [{ name: 'retention.ms', value: '-1' }];
      await admin.createTopics({
        // kafkajs gives up at once where the brokers have not all heard of the topic yet.
        waitForLeaders: false,
        topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1, configEntries }],
      });
      await waitUntil(
        async () => {
          const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
          return topics[0]?.partitions.every(({ leader }) => leader >= 0) || undefined;
        },
        { what: `leaders of ${topic}`, timeoutMs: TOPIC_TIMEOUT_MS, intervalMs: 20 },
      );
    },
    deleteTopics: async (names) => {
      const existing = await admin.listTopics();
      const topics = names.filter((name) => existing.includes(name));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    },
  };
}

async function startSource(folder: string, cleanup: AsyncDisposableStack): Promise<Source> {
  const logFile = join(folder, 'source.log');
  const main = join(import.meta.dirname, 'source/main.ts');
  const child = await startChild({ command: process.execPath, args: [main], logFile });
  cleanup.defer(async () => void (await child.stop(1_000)));
  const origin = await waitUntil(async () => /serving (\S+)/.exec(await readFile(logFile, 'utf8'))?.[1], {
    what: `the source to serve (see ${logFile})`,
    timeoutMs: 30_000,
  });
  return {
    baseUrl: `${origin}/api/1.0`,
    pid: child.pid,
    reset: async (settings) => {
      const body = JSON.stringify({ ...QUIET, ...settings });
      const answer = await fetch(`${origin}/bench/reset`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`the source refused ${body}: ${await answer.text()}`);
      await answer.body?.cancel();
    },
    status: async () => (await (await fetch(`${origin}/bench/status`)).json()) as SourceStatus,
  };
}
