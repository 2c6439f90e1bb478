import { TokenBudget } from '../../src/asana/budget.ts';
import { ConnectorError } from '../../src/errors.ts';
import { createHealth } from '../../src/observe/health.ts';
import { serveHttp } from '../../src/observe/http-server.ts';
import { behindAfterMs } from '../../src/observe/lag.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createRoutes } from '../../src/observe/routes.ts';
import type { WatchedBudget } from '../../src/observe/status/budget-watch.ts';
import type { StreamStatus } from '../../src/observe/status/document.ts';
import { Status, type StatusOptions } from '../../src/observe/status/status.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { committed, position } from './watched.ts';

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
export const WAITS = { pollIntervalMs: 10_000, requestTimeoutMs: 60_000, transactionTimeoutMs: 60_000 };

/** What was asked for, where that does not matter. */
export const EVERYTHING = { filters: {} };

export const kafkaDown = () =>
  new ConnectorError('KAFKA_UNAVAILABLE', 'connecting: connect ECONNREFUSED 10.0.0.7:9092');
export const revoked = () => new ConnectorError('ASANA_UNAUTHORIZED', 'Asana answered 401: Not Authorized');
export const limited = () => new ConnectorError('ASANA_RATE_LIMITED', 'Asana answered 429: slow down');
export const unreachable = () =>
  new ConnectorError('ASANA_UNREACHABLE', 'https://app.asana.com: no whole answer within 60000 ms');

/** A process on virtual time, as far as it is observed; real observers, nothing behind them. */
export function statusScene(
  workspaces: readonly string[] = ['111'],
  { requestsPerMinute = 1_200, ...more }: Partial<StatusOptions> & { requestsPerMinute?: number } = {},
  startedAgoMs = 0,
) {
  const clock = new FakeClock(Date.now() - startedAgoMs);
  const options: StatusOptions = {
    version: '1.2.3',
    connectorName: 'asana-audit',
    workspaces,
    pollIntervalMs: WAITS.pollIntervalMs,
    requestTimeoutMs: WAITS.requestTimeoutMs,
    endAtMs: undefined,
    ...more,
  };
  const status = new Status(options, clock);
  const health = createHealth(status, WAITS, clock.monotonicMs);
  const budget = unhurried(new TokenBudget(0, clock, () => {}), requestsPerMinute);
  const streams = workspaces.map((workspace) => ({
    observer: status.observerOf(workspace),
    requests: status.requestsOf(workspace),
    budget: status.watchBudget(workspace, budget),
  }));
  const [first] = streams;
  if (first === undefined) throw new RangeError('a scene has a stream');
  return {
    clock,
    status,
    health,
    streams,
    ...first,
    /** Live and caught up, with `events` committed just now. */
    live: (events = 0, { observer } = first) =>
      observer.committed(committed({ events }), position(clock.now() - 2_000, { completeToMs: clock.now() })),
    serve: (port = 0) => {
      const metrics = createMetrics({ version: options.version }, behindAfterMs(options), clock.now).registry;
      return serveHttp({ host: '127.0.0.1', port }, createRoutes({ metrics, health, status }));
    },
  };
}

/** One that says that it has a limit, and lets everybody go at once. */
const unhurried = (budget: TokenBudget, requestsPerMinute: number): WatchedBudget => ({
  acquire: (signal) => budget.acquire(signal),
  answered: () => budget.answered(),
  pauseUntil: (timeMs) => budget.pauseUntil(timeMs),
  requestsOfLastMinute: () => budget.requestsOfLastMinute(),
  requestsPerMinute,
  get pausedUntilMs() {
    return budget.pausedUntilMs;
  },
});

export type StatusScene = ReturnType<typeof statusScene>;

/** The status of its first stream. */
export function streamOf({ status }: StatusScene): StreamStatus {
  const [stream] = status.read().streams;
  if (stream === undefined) throw new Error('there is a stream');
  return stream;
}
