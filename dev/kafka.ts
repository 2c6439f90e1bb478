/** A real Apache Kafka on loopback for tests and the demo: one broker or three, KRaft, data in a temporary folder. */

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from './command.ts';
import { Broker } from './kafka/broker.ts';
import { brokerProperties, type Properties } from './kafka/config.ts';
import { type MainClass, runKafkaTool, type ToolName, type ToolOptions } from './kafka/tools.ts';
import { findFreePorts } from './ports.ts';
import { startInFolder } from './start.ts';

export type KafkaOptions = {
  brokers: 1 | 3;
  /** Where the cluster makes its own folder, which `close` removes; the system's temporary folder by default. */
  folder?: string;
  /** Of a Java 17 or later; JAVA_HOME or the PATH by default. */
  javaHome?: string;
  logger?: (line: string) => void;
  /** Broker settings that win over those in kafka/config.ts. */
  overrides?: Properties;
  signal?: AbortSignal;
};

export type KafkaCluster = {
  /** `host:port`, comma-separated. */
  readonly bootstrapServers: string;
  readonly brokers: readonly Broker[];
  /** Runs one of Kafka's own tools against this cluster; see `runKafkaTool`. */
  runTool(tool: ToolName | MainClass, args: readonly string[], options?: ToolOptions): Promise<CommandResult>;
  /** Ends the brokers at once and removes their data. */
  close(): Promise<void>;
};

const HEAP_MEGABYTES = { 1: 512, 3: 384 };

/** Resolves when every broker answers. Throws with the end of the broker's log when one does not start. */
export async function startKafka(options: KafkaOptions): Promise<KafkaCluster> {
  const log = options.logger ?? (() => undefined);
  return startInFolder({ name: 'kafka', parent: options.folder, log }, (folder) =>
    startOnFreePorts(options, folder, log),
  );
}

async function startOnFreePorts(
  options: KafkaOptions,
  folder: string,
  log: (line: string) => void,
): Promise<KafkaCluster> {
  const { javaHome, overrides = {} } = options;
  const ports = await findFreePorts(options.brokers * 2);
  const addresses = Array.from({ length: options.brokers }, (_, index) => ({
    id: index + 1,
    port: portAt(ports, index * 2),
    controllerPort: portAt(ports, index * 2 + 1),
  }));
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const brokers = addresses.map(({ id, port }) => {
    const brokerFolder = join(folder, `broker-${id}`);
    const properties = brokerProperties(id, addresses, join(brokerFolder, 'data'), overrides);
    const heapMegabytes = HEAP_MEGABYTES[options.brokers];
    return new Broker({ id, port, folder: brokerFolder, properties, clusterId, heapMegabytes, javaHome });
  });
  const bootstrapServers = addresses.map(({ port }) => `127.0.0.1:${port}`).join(',');

  const close = async () => {
    await Promise.all(brokers.map((broker) => broker.kill('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  };
  await startAll(brokers, options.signal).catch(async (error) => {
    await close();
    throw error;
  });
  log(`Kafka is up on ${bootstrapServers} (data and logs in ${folder})`);
  return {
    bootstrapServers,
    brokers,
    runTool: (tool, args, toolOptions) =>
      runKafkaTool(bootstrapServers, tool, args, { javaHome, ...toolOptions }),
    close,
  };
}

/** All together, because none is ready before most are; when one fails, the others are not waited for. */
async function startAll(brokers: readonly Broker[], signal: AbortSignal | undefined): Promise<void> {
  const failed = new AbortController();
  const end = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const starts = brokers.map((broker) =>
    broker.start(end).catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(starts);
  signal?.throwIfAborted();
  // The first failure is the cause; the others only ended because of it.
  if (outcomes.some(({ status }) => status === 'rejected')) throw failed.signal.reason;
}

function portAt(ports: readonly number[], index: number): number {
  const port = ports[index];
  if (port === undefined) throw new RangeError(`no port number ${index} among ${ports.length}`);
  return port;
}
