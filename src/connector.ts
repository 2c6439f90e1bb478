import type { PageSource } from './asana/client.ts';
import { PatientClient } from './asana/patient-client.ts';
import { createDecoder } from './avro/decoder.ts';
import { resolveSchemaId, writerTypeFetcher } from './avro/registry.ts';
import { createClients, schemaRequest, scopeOf, topicOptions } from './clients.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/load.ts';
import type { EncodedEvent } from './encode/encoded-event.ts';
import { ThreadedPageEncoder } from './encode/threaded-page-encoder.ts';
import type { KafkaClient } from './kafka/client.ts';
import type { Log } from './log.ts';
import { watchRequests } from './observe/asana-watch.ts';
import { bothAsanaObservers, bothStreamObservers } from './observe/fan-out.ts';
import { createHealth, type Waits } from './observe/health.ts';
import { type HttpServer, serveHttp } from './observe/http-server.ts';
import { behindAfterMs } from './observe/lag.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { createRoutes } from './observe/routes.ts';
import { Status } from './observe/status/status.ts';
import { watchStream } from './observe/stream-watch.ts';
import { hidingOf } from './privacy/privacy.ts';
import type { Until } from './stream/follow.ts';
import { type Outcome, runStream } from './stream/stream.ts';
import { runWorkspaceSession } from './workspace-session.ts';

/** What the connector touches the world with, apart from the network. */
export interface ConnectorPorts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly version: string;
}

export interface Connector {
  /** Of the status page, `/status.json`, `/metrics`, `/livez` and `/readyz`. */
  readonly url: string;
  /** Runs every stream to its end, or until `signal` aborts. One that fails does not stop the others, unless none can work. */
  run(newUntil: () => Until, signal: AbortSignal): Promise<ReadonlyMap<string, Outcome>>;
  close(): Promise<void>;
}

/** The one composition root: configuration and ports in, something that runs out. */
export async function createConnector(config: Config, ports: ConnectorPorts): Promise<Connector> {
  const encoder = new ThreadedPageEncoder(hidingOf(config));
  const waits = waitsOf(config);
  const metrics = createMetrics({ version: ports.version }, behindAfterMs(waits), ports.clock.now);
  const status = createStatus(config, ports);
  const health = createHealth(status, waits, ports.clock.monotonicMs);
  const http: HttpServer = await serveHttp(
    { host: config.HTTP_HOST, port: config.HTTP_PORT },
    createRoutes({ metrics: metrics.registry, health, status }),
  );
  const {
    asana: clients,
    budgets,
    kafka,
    close,
  } = createClients(config, {
    ...ports,
    decoderOf: (workspaceGid) => (body, signal) => encoder.encode(body, workspaceGid, signal),
    onBudgetWait: (waitMs) => {
      metrics.rateLimitWaits.inc();
      metrics.rateLimitWaitSeconds.inc(waitMs / 1000);
    },
    watchRequests: (workspaceGid) =>
      bothAsanaObservers(
        watchRequests(workspaceGid, metrics, ports.log, ports.clock.now),
        status.requestsOf(workspaceGid),
      ),
    watchBudget: (workspaceGid, budget) => status.watchBudget(workspaceGid, budget),
  });
  metrics.budgets.push(...budgets);
  return {
    url: http.url,
    run: async (newUntil, signal) => {
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const runs = [...clients].map(async ([workspaceGid, asana]): Promise<[string, Outcome]> => {
        const outcome = await runWorkspace(
          config,
          ports,
          { metrics, status },
          { asana, kafka, workspaceGid, until: newUntil() },
          either,
        );
        if (outcome.ended === 'failed' && outcome.error.disposition === 'exit') failed.abort(outcome.error);
        return [workspaceGid, outcome];
      });
      return new Map(await Promise.all(runs));
    },
    close: async () => {
      await Promise.allSettled([http.close(), close(), encoder.close()]);
    },
  };
}

/** For all streams that catch up; records take about as much as the JSON that they come from. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

const createStatus = (config: Config, { version, clock }: ConnectorPorts): Status =>
  new Status(
    {
      version,
      connectorName: config.CONNECTOR_NAME,
      workspaces: config.tokens.keys(),
      requestsPerMinute: config.ASANA_REQUESTS_PER_MINUTE,
      pollIntervalMs: config.POLL_INTERVAL,
      requestTimeoutMs: config.ASANA_REQUEST_TIMEOUT,
      endAtMs: config.END_AT,
    },
    clock,
  );

const waitsOf = (config: Config): Waits => ({
  pollIntervalMs: config.POLL_INTERVAL,
  requestTimeoutMs: config.ASANA_REQUEST_TIMEOUT,
  transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT,
});

/** Who watches the streams. */
interface Watchers {
  readonly metrics: Metrics;
  readonly status: Status;
}

interface WorkspaceParts {
  readonly asana: PageSource<EncodedEvent>;
  readonly kafka: KafkaClient;
  readonly workspaceGid: string;
  readonly until: Until;
}

function runWorkspace(
  config: Config,
  ports: ConnectorPorts,
  { metrics, status }: Watchers,
  { asana, kafka, workspaceGid, until }: WorkspaceParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, random, newId: newSessionId } = ports;
  const observer = bothStreamObservers(
    watchStream(workspaceGid, metrics, ports.log, clock),
    status.observerOf(workspaceGid),
  );
  const connectorName = config.CONNECTOR_NAME;
  const pollIntervalMs = config.POLL_INTERVAL;
  const stream = {
    connectorName,
    workspaceGid,
    scope: scopeOf(config),
    pollIntervalMs,
    readAhead: {
      requestsPerMinute: config.ASANA_REQUESTS_PER_MINUTE,
      maxHeldBytes: MAX_HELD_BYTES / config.tokens.size,
    },
    topics: topicOptions(config),
    transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT,
    sweeps: { lookbackMs: config.SWEEP_LOOKBACK, intervalMs: config.SWEEP_INTERVAL },
  };
  const request = schemaRequest(config, clock);
  const schemaId = (limited: AbortSignal) => resolveSchemaId(request, limited);
  const decode = createDecoder(writerTypeFetcher(request, signal));
  const patient = new PatientClient(asana, config.SKIP_REFUSED_AFTER, {
    clock,
    random,
    onRefused: observer.refused,
  });
  const workspacePorts = { asana: patient, kafka, schemaId, decode, clock, newSessionId, observer, until };
  return runStream(
    (limited) => runWorkspaceSession(stream, workspacePorts, limited),
    { clock, random, observer, connectorName, wellAfterMs: 60_000 + 2 * pollIntervalMs },
    signal,
  );
}
