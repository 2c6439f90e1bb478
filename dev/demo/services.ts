/** Starts all that the demo is made of; whatever was started is deferred to `cleanup`, in the order in which it must end. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../src/errors.ts';
import { lastLines } from '../java.ts';
import { type KafkaCluster, startKafka } from '../kafka.ts';
import { findFreePorts } from '../ports.ts';
import { type ChildHandle, startChild } from '../process.ts';
import { findPrometheus } from '../prometheus/programs.ts';
import { startPrometheus } from '../prometheus.ts';
import { waitUntilReady } from '../readiness.ts';
import { type SchemaRegistryService, startRegistry } from '../registry.ts';
import type { Addresses } from './view.ts';

export type Backlog = { events: string; days: string; rate: string };

/** What the connector works with. */
export type Backends = {
  simulatorUrl: string;
  kafka: KafkaCluster;
  registry: SchemaRegistryService;
  metricsPort: number;
  /** The whole environment of the connector's commands. */
  connectorEnv: ConnectorEnvironment;
};

export type ConnectorEnvironment = NodeJS.ProcessEnv &
  Record<'ASANA_BASE_URL' | 'ASANA_TOKEN' | 'ASANA_WORKSPACES', string>;

export type DemoServices = {
  simulatorUrl: string;
  metricsUrl: string;
  kafkaBrokers: string;
  schemaRegistryUrl: string;
  connector: ChildHandle;
  connectorLog: string;
  /** The whole environment of the connector's commands, `verify` among them. */
  connectorEnv: NodeJS.ProcessEnv;
  addresses: Addresses;
};

export type StartContext = {
  /** For logs and data; not removed here. */
  folder: string;
  cleanup: AsyncDisposableStack;
  say: (line: string) => void;
  signal: AbortSignal;
};

export const CONNECTOR = join(import.meta.dirname, '../../bin', 'asana-audit-kafka');
export const EVENTS_TOPIC = 'asana.audit-log-events';

const WORKSPACE = '1201234567890123';
const TOKEN = 'simulator-token';
const START_TIMEOUT_MS = 120_000;
const STOP_GRACE_MS = 10_000;

/** Throws with the end of the log of the part that did not start. */
export async function startBackends(backlog: Backlog, context: StartContext): Promise<Backends> {
  const { folder, cleanup, say, signal } = context;
  const [kafka, registry, simulatorUrl, [metricsPort = 0]] = await allOrFirstError([
    startKafka({ brokers: 1, folder, logger: say, signal }).then((service) => closeLater(cleanup, service)),
    startRegistry({ folder, logger: say, signal }).then((service) => closeLater(cleanup, service)),
    startSimulator(backlog, context),
    findFreePorts(1),
  ]);
  const connectorEnv = {
    ...inheritedEnvironment(process.env),
    ASANA_BASE_URL: `${simulatorUrl}/api/1.0`,
    ASANA_TOKEN: TOKEN,
    ASANA_WORKSPACES: WORKSPACE,
    POLL_INTERVAL: '1s',
    KAFKA_BROKERS: kafka.bootstrapServers,
    SCHEMA_REGISTRY_URL: registry.url,
    EVENTS_TOPIC,
    HTTP_PORT: String(metricsPort),
  };
  return { simulatorUrl, kafka, registry, metricsPort, connectorEnv };
}

/** Like `startBackends`, and a connector that runs, with Prometheus where there is one. */
export async function startServices(backlog: Backlog, context: StartContext): Promise<DemoServices> {
  const { simulatorUrl, kafka, registry, metricsPort, connectorEnv } = await startBackends(backlog, context);
  const { folder, cleanup, say } = context;
  const connectorLog = join(folder, 'connector.log');
  say('starting the connector');
  const connector = await startChild({
    command: CONNECTOR,
    args: ['run'],
    env: connectorEnv,
    logFile: connectorLog,
  });
  cleanup.defer(async () => void (await connector.stop(STOP_GRACE_MS)));
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  const prometheusUrl = await startPrometheusIfPossible(`127.0.0.1:${metricsPort}`, context);
  return {
    simulatorUrl,
    metricsUrl,
    kafkaBrokers: kafka.bootstrapServers,
    schemaRegistryUrl: registry.url,
    connector,
    connectorLog,
    connectorEnv,
    addresses: {
      Kafka: kafka.bootstrapServers,
      'schema registry': registry.url,
      'simulated Asana': connectorEnv.ASANA_BASE_URL,
      metrics: metricsUrl,
      ...(prometheusUrl !== undefined && { Prometheus: prometheusUrl }),
      logs: folder,
    },
  };
}

/** Throws when the process ends before it answers. */
async function startSimulator(backlog: Backlog, context: StartContext): Promise<string> {
  const { folder, cleanup, say, signal } = context;
  const [port = 0] = await findFreePorts(1);
  const logFile = join(folder, 'simulator.log');
  const child = await startChild({
    command: CONNECTOR,
    args: [
      ...['simulate', '--port', String(port), '--workspaces', WORKSPACE, '--token', TOKEN],
      ...['--events', backlog.events, '--days', backlog.days, '--rate', backlog.rate],
    ],
    env: inheritedEnvironment(process.env),
    logFile,
  });
  cleanup.defer(async () => void (await child.stop(STOP_GRACE_MS)));
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(child, async (end) => (await fetch(`${url}/simulator/status`, { signal: end })).ok, {
    name: `the simulator on ${url}`,
    timeoutMs: START_TIMEOUT_MS,
    signal,
  }).catch(async (error) => {
    throw await withLog(error, logFile);
  });
  say(`the simulated Asana is up on ${url}`);
  return url;
}

/** The demo is not about it, so it goes without where there is none, or where it does not start. */
async function startPrometheusIfPossible(
  target: string,
  { folder, cleanup, say, signal }: StartContext,
): Promise<string | undefined> {
  const programs = findPrometheus();
  if (programs === undefined) return undefined;
  try {
    const options = { programs, targets: [target], scrapeIntervalSeconds: 5, folder, logger: say, signal };
    return closeLater(cleanup, await startPrometheus(options)).url;
  } catch (error) {
    signal.throwIfAborted();
    say(`going on without Prometheus: ${messageOf(error)}`);
    return undefined;
  }
}

/** Rejects, with the end of its log, when a process ends that should not; otherwise it stays pending. */
export async function failWhenEnded(child: ChildHandle, name: string, logFile: string): Promise<never> {
  const { code, signal } = await child.exited;
  throw await withLog(new Error(`${name} ended with ${signal ?? `exit code ${code}`}`), logFile);
}

async function withLog(cause: Error, logFile: string): Promise<Error> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return new Error(`${cause.message}; the end of its log:\n${lastLines(log, 20)}`, { cause });
}

function closeLater<T extends { close(): Promise<void> }>(cleanup: AsyncDisposableStack, service: T): T {
  cleanup.defer(() => service.close());
  return service;
}

/** Like Promise.all, but waits for the others before it throws: what is still starting could not be cleaned up. */
async function allOrFirstError<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Nothing else from outside: a real ASANA_TOKEN_FILE in the shell must not get into a demo. */
function inheritedEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_OPTIONS } = env;
  return Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, NODE_OPTIONS }).filter(([, value]) => value !== undefined),
  );
}
