import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import type { Position } from '../stream/observer.ts';

const P = 'asana_audit_';

/** What the gauges of a stream are computed from, at the time of the scrape. */
export interface StreamGauges {
  position: Position | undefined;
  oldestUncommittedMs: number | undefined;
  /** Set by what only a stream with a session reports, cleared when the session ends. */
  sessionHeld: boolean;
  halted: boolean;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** All metrics of one process, in a registry of their own. `now` is in epoch milliseconds. */
export function createMetrics(build: { version: string }, now: () => number) {
  const registry = new Registry();
  const registers = [registry];
  const streams = new Map<string, StreamGauges>();
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: P + name, help, labelNames, registers });
  const gauge = (name: string, help: string, read: (stream: StreamGauges) => number | undefined) =>
    new Gauge({
      name: P + name,
      help,
      labelNames: ['stream'],
      registers,
      collect() {
        this.reset();
        for (const [stream, gauges] of streams) {
          const value = read(gauges);
          if (value !== undefined) this.set({ stream }, value);
        }
      },
    });

  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: `${P}build_info`,
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version: build.version, node_version: process.versions.node }, 1);
  gauge('lag_seconds', 'Age of the oldest event that is not yet committed; 0 when caught up.', (stream) =>
    lagSeconds(stream, now()),
  );
  gauge(
    'complete_as_of_timestamp_seconds',
    'As of when everything that Asana showed is committed.',
    ({ position }) => position && position.completeToMs / 1000,
  );
  gauge(
    'retention_headroom_seconds',
    'Time until Asana deletes the oldest event that may be unread.',
    ({ position }) => position && (position.completeToMs + ASANA_RETENTION_MS - now()) / 1000,
  );
  gauge(
    'stream_live',
    '1 when the stream polls the present, 0 when it catches up.',
    ({ position }) => position && (position.mode === 'live' ? 1 : 0),
  );
  gauge('stream_halted', '1 when the stream has stopped for an error that no retry heals.', ({ halted }) =>
    halted ? 1 : 0,
  );

  return {
    registry,
    streams,
    events: counter('events_committed_total', 'Events committed to the events topic.', ['stream']),
    pages: counter('pages_committed_total', 'Pages of events committed, empty ones included.', ['stream']),
    transactions: counter('transactions_committed_total', 'Kafka transactions committed.', ['stream']),
    deadLetters: counter('dead_letters_total', 'Events committed to the dead letters topic.', [
      'stream',
      'reason',
    ]),
    duplicates: counter(
      'duplicates_dropped_total',
      'Events that Asana showed again and that were committed already.',
      ['stream'],
    ),
    late: counter(
      'late_events_total',
      'Events that were committed after younger ones, because Asana showed them late.',
      ['stream'],
    ),
    sweeps: counter('sweeps_total', 'Sweeps for late events, committed.', ['stream']),
    catchUps: counter('catch_ups_total', 'Times the stream began to catch up, by cause.', [
      'stream',
      'cause',
    ]),
    sessions: counter('sessions_started_total', 'Sessions with Kafka begun, by what ended the one before.', [
      'stream',
      'cause',
    ]),
    gaps: counter('gaps_total', 'Gaps found and recorded.', ['stream']),
    rateLimitWaits: counter(
      'rate_limit_waits_total',
      'Requests that waited for the request budget or a Retry-After.',
      [],
    ),
    rateLimitWaitSeconds: counter(
      'rate_limit_wait_seconds_total',
      'Time that requests waited for the budget.',
      [],
    ),
    requests: new Histogram({
      name: `${P}asana_request_duration_seconds`,
      help: "Duration of requests to Asana by HTTP status, or 'error' where no answer came.",
      labelNames: ['status'],
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
  };
}

function lagSeconds({ position, oldestUncommittedMs }: StreamGauges, nowMs: number): number | undefined {
  if (oldestUncommittedMs !== undefined) return Math.max(0, (nowMs - oldestUncommittedMs) / 1000);
  if (position === undefined) return undefined;
  return position.caughtUp ? 0 : Math.max(0, (nowMs - position.watermarkMs) / 1000);
}
