import { createClients } from './clients.ts';
import type { Config } from './config/load.ts';
import type { ConnectorPorts } from './connector-ports.ts';
import { ThreadedPageEncoder } from './encode/threaded-page-encoder.ts';
import { watchRequests } from './observe/asana-watch.ts';
import { bothAsanaObservers } from './observe/fan-out.ts';
import { createHealth, type Waits } from './observe/health.ts';
import { type HttpServer, serveHttp } from './observe/http-server.ts';
import { behindAfterMs } from './observe/lag.ts';
import { createMetrics } from './observe/metrics.ts';
import { createRoutes } from './observe/routes.ts';
import { GroupRecord } from './observe/status/group-record.ts';
import { Status } from './observe/status/status.ts';
import { hidingOf } from './privacy/privacy.ts';
import { runDistributed } from './run-distributed.ts';
import { runStandalone } from './run-standalone.ts';
import type { SharedParts } from './run-workspace.ts';
import type { Until } from './stream/follow.ts';
import type { Outcome } from './stream/stream.ts';

export interface Connector {
  /** Of the status page, `/status.json`, `/metrics`, `/livez` and `/readyz`. */
  readonly url: string;
  /** Runs the streams to their ends, or until `signal` aborts; gives what became of those that were left to this process. */
  run(newUntil: () => Until, signal: AbortSignal): Promise<ReadonlyMap<string, Outcome>>;
  close(): Promise<void>;
}

/** The one composition root: configuration and ports in, something that runs out. */
export async function createConnector(config: Config, ports: ConnectorPorts): Promise<Connector> {
  const encoder = new ThreadedPageEncoder(hidingOf(config));
  const waits = waitsOf(config);
  const metrics = createMetrics({ version: ports.version }, behindAfterMs(waits), ports.clock.now);
  const group = config.MODE === 'distributed' ? new GroupRecord(ports.clock) : undefined;
  const status = createStatus(config, ports, group);
  const health = createHealth(status, waits, ports.clock.monotonicMs);
  const http: HttpServer = await serveHttp(
    { host: config.HTTP_HOST, port: config.HTTP_PORT },
    createRoutes({ metrics: metrics.registry, health, status }),
  );
  const { asana, budgets, kafka, close } = createClients(config, {
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
  for (const [budget, users] of budgets) metrics.budgets.set(budget, users);
  const shared: SharedParts = { config, ports, metrics, status, asana, kafka };
  return {
    url: http.url,
    run: (newUntil, signal) => {
      // Without a thread yet: a replica that stands by may never read a page.
      if (group) return runDistributed({ ...shared, kafka, budgets, group, url: http.url }, signal);
      encoder.begin();
      return runStandalone(shared, newUntil, signal);
    },
    close: async () => {
      await Promise.allSettled([http.close(), close(), encoder.close()]);
    },
  };
}

const createStatus = (config: Config, { version, clock }: ConnectorPorts, group?: GroupRecord): Status =>
  new Status(
    {
      version,
      connectorName: config.CONNECTOR_NAME,
      workspaces: group ? [] : config.tokens.keys(),
      pollIntervalMs: config.POLL_INTERVAL,
      requestTimeoutMs: config.ASANA_REQUEST_TIMEOUT,
      endAtMs: config.END_AT,
    },
    clock,
    group,
  );

const waitsOf = (config: Config): Waits => ({
  pollIntervalMs: config.POLL_INTERVAL,
  requestTimeoutMs: config.ASANA_REQUEST_TIMEOUT,
  transactionTimeoutMs: config.KAFKA_TRANSACTION_TIMEOUT,
});
