import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import type { ConnectorError } from '../errors.ts';
import type { Position } from '../stream/observer.ts';
import { lagMs } from './lag.ts';
import {
  type Label,
  type LabelsOf,
  METRIC_PREFIX,
  METRICS,
  type MetricDefinition,
  type MetricName,
  type MetricOf,
} from './metric-definitions.ts';

/** What the gauges of a stream are computed from, at the time of the scrape. */
export interface StreamGauges {
  position: Position | undefined;
  oldestUncommittedMs: number | undefined;
  /** Set by what only a stream with a session reports, cleared when the session ends. */
  sessionHeld: boolean;
  halted: boolean;
  /** It has reached its end: nothing is left to be late. */
  finished: boolean;
}

/** Of the group that the process is a replica of. */
export interface GroupGauges {
  /** Undefined while it is not a member. */
  replicas: number | undefined;
  streams: number;
  assigned: number;
  handoverMs: number | undefined;
}

/** Of one token. */
export interface BudgetUse {
  /** 0 = unlimited. */
  readonly requestsPerMinute: number;
  requestsOfLastMinute(): number;
}

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * All metrics of one process, in a registry of their own. `now` is in epoch milliseconds.
 *
 * @param unheardAfterMs `behindAfterMs` of the configuration
 */
export function createMetrics(build: { version: string }, unheardAfterMs: number, now: () => number) {
  const registry = new Registry();
  const streams = new Map<string, StreamGauges>();
  const budgets = new Map<BudgetUse, ReadonlySet<string>>();
  const groups = new Map<string, GroupGauges>();
  const settings = <N extends MetricName>(name: N) => {
    const { help, labels } = METRICS[name];
    const labelNames: LabelsOf<N>[] = [...labels];
    return { name: METRIC_PREFIX + name, help, labelNames, registers: [registry] };
  };
  const counter = <N extends MetricOf<'counter'>>(name: N) => new Counter<LabelsOf<N>>(settings(name));
  const histogram = <N extends MetricOf<'histogram'>>(name: N) =>
    new Histogram<LabelsOf<N>>({ ...settings(name), buckets: [...METRICS[name].buckets] });
  /** One whose samples are read when it is scraped. */
  const gauge = <N extends MetricOf<'gauge'>>(name: N, read: () => Iterable<Sample>) => {
    const { help, labels }: MetricDefinition = METRICS[name];
    const labelNames: Label[] = [...labels];
    new Gauge({
      name: METRIC_PREFIX + name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) if (value !== undefined) this.set(labels, value);
      },
    });
  };
  const ofStreams = (read: (stream: StreamGauges) => number | undefined) => () =>
    [...streams].map(([stream, gauges]): Sample => [{ stream }, read(gauges)]);
  const ofGroups = (read: (group: GroupGauges) => number | undefined) => () =>
    [...groups].map(([group, gauges]): Sample => [{ group }, read(gauges)]);
  // A token has no name that could be shown: it is known by its place among the distinct ones.
  const ofBudgets = (read: (budget: BudgetUse) => number) => () =>
    [...budgets].map(
      ([budget, users], at): Sample => [
        { token: String(at + 1) },
        budget.requestsPerMinute === 0 || users.isDisjointFrom(streams) ? undefined : read(budget),
      ],
    );

  collectDefaultMetrics({ register: registry });
  gauge('build_info', () => [[{ version: build.version, node_version: process.versions.node }, 1]]);
  gauge(
    'lag_seconds',
    ofStreams((stream) => lagSeconds(stream, now(), unheardAfterMs)),
  );
  gauge(
    'complete_as_of_timestamp_seconds',
    ofStreams((stream) => seconds(completeToMs(stream))),
  );
  gauge(
    'swept_to_timestamp_seconds',
    ofStreams(({ position, finished }) => seconds(finished ? undefined : position?.sweeps?.sweptToMs)),
  );
  gauge(
    'retention_headroom_seconds',
    ofStreams((stream) => seconds(completeToMs(stream), ASANA_RETENTION_MS - now())),
  );
  gauge('stream_live', ofStreams(isLive));
  gauge(
    'stream_halted',
    ofStreams(({ halted }) => Number(halted)),
  );
  gauge(
    'request_budget_requests_per_minute',
    ofBudgets(({ requestsPerMinute }) => requestsPerMinute),
  );
  gauge(
    'request_budget_used_ratio',
    ofBudgets((budget) => budget.requestsOfLastMinute() / budget.requestsPerMinute),
  );

  gauge(
    'group_replicas',
    ofGroups(({ replicas }) => replicas),
  );
  gauge(
    'group_streams',
    ofGroups(({ streams }) => streams),
  );
  gauge(
    'group_assigned_streams',
    ofGroups(({ assigned }) => assigned),
  );
  gauge(
    'group_handover_timestamp_seconds',
    ofGroups(({ handoverMs }) => seconds(handoverMs)),
  );

  const errors = counter('errors_total');
  const counted = new WeakSet<ConnectorError>();
  return {
    registry,
    streams,
    /** With the streams that use each, in the order of their ordinals. */
    budgets,
    /** By name: the one that it is a replica of, or none. */
    groups,
    rebalances: counter('group_rebalances_total'),
    events: counter('events_committed_total'),
    pages: counter('pages_committed_total'),
    transactions: counter('transactions_committed_total'),
    deadLetters: counter('dead_letters_total'),
    duplicates: counter('duplicates_dropped_total'),
    late: counter('late_events_total'),
    sweeps: counter('sweeps_total'),
    catchUps: counter('catch_ups_total'),
    sessions: counter('sessions_started_total'),
    gaps: counter('gaps_total'),
    errors,
    /** Counts each error once: what fails a request may halt the stream next. */
    countError: (stream: string, error: ConnectorError) => {
      if (counted.has(error)) return;
      counted.add(error);
      errors.inc({ stream, code: error.code });
    },
    rateLimitWaits: counter('rate_limit_waits_total'),
    rateLimitWaitSeconds: counter('rate_limit_wait_seconds_total'),
    requests: histogram('asana_request_duration_seconds'),
    commitLatency: histogram('event_commit_latency_seconds'),
    transactionDurations: histogram('transaction_duration_seconds'),
  };
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | undefined];

const seconds = (timeMs: number | undefined, offsetMs = 0): number | undefined =>
  timeMs === undefined ? undefined : (timeMs + offsetMs) / 1000;

const completeToMs = ({ position, finished }: StreamGauges): number | undefined =>
  finished ? undefined : position?.completeToMs;

const isLive = ({ position, sessionHeld, halted, finished }: StreamGauges): number | undefined =>
  finished ? undefined : Number(sessionHeld && !halted && position?.mode === 'live');

const lagSeconds = (
  { position, oldestUncommittedMs, sessionHeld, halted, finished }: StreamGauges,
  nowMs: number,
  unheardAfterMs: number,
): number | undefined =>
  finished
    ? undefined
    : seconds(
        lagMs({ position, oldestUncommittedMs, isAsking: sessionHeld && !halted }, nowMs, unheardAfterMs),
      );
