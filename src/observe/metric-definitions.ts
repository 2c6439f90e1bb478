export type Label =
  | 'stream'
  | 'reason'
  | 'cause'
  | 'code'
  | 'status'
  | 'token'
  | 'group'
  | 'version'
  | 'node_version';

export interface MetricDefinition {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly Label[];
  /** One sentence: the metric's help text, and its meaning in docs/metrics.md. */
  readonly help: string;
  /** When there is no sample, if that can be. */
  readonly absent?: string;
  /** Of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

export const METRIC_PREFIX = 'asana_audit_';

const UNKNOWN_POSITION = 'until the state or the first page is read; after the end of the stream';
const NO_BUDGET = 'where ASANA_REQUESTS_PER_MINUTE is 0; while no stream of the token runs here';
const ALONE = 'with MODE=standalone';

/** Every metric of ours, by its name without the prefix. What a sample costs is paid at the scrape, or once a page. */
export const METRICS = {
  lag_seconds: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Age of the oldest event that is known and not committed; 0 when caught up.',
    absent: `${UNKNOWN_POSITION}; where it was 0 and nothing is heard any more`,
  },
  complete_as_of_timestamp_seconds: {
    type: 'gauge',
    labels: ['stream'],
    help: 'As of when all that Asana showed is committed, as a Unix time on the clock of Asana.',
    absent: UNKNOWN_POSITION,
  },
  swept_to_timestamp_seconds: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Up to when sweeps for late events are done, as a Unix time on the clock of Asana.',
    absent: `${UNKNOWN_POSITION}; where there are no sweeps (SWEEP_INTERVAL is 0, or the events topic does not keep its events)`,
  },
  retention_headroom_seconds: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Time until Asana deletes the oldest event that may be unread; below 0, some may be deleted already.',
    absent: UNKNOWN_POSITION,
  },
  stream_live: {
    type: 'gauge',
    labels: ['stream'],
    help: '1 while the stream polls the present; 0 while it catches up, has no session with Kafka, or is halted.',
    absent: 'after the end of the stream',
  },
  stream_halted: {
    type: 'gauge',
    labels: ['stream'],
    help: '1 when the stream has stopped for an error that no retry heals.',
  },
  build_info: {
    type: 'gauge',
    labels: ['version', 'node_version'],
    help: 'Always 1; the labels say what runs.',
  },
  request_budget_requests_per_minute: {
    type: 'gauge',
    labels: ['token'],
    help: 'Requests that may leave in any rolling minute with one token.',
    absent: NO_BUDGET,
  },
  request_budget_used_ratio: {
    type: 'gauge',
    labels: ['token'],
    help: 'Requests that left in the last rolling minute with one token, divided by its budget.',
    absent: NO_BUDGET,
  },
  group_replicas: {
    type: 'gauge',
    labels: ['group'],
    help: 'Replicas of the group, as of the last rebalance that this one took part in.',
    absent: `${ALONE}; while it is not a member`,
  },
  group_streams: {
    type: 'gauge',
    labels: ['group'],
    help: 'Streams of the group, whoever runs them, as of the last rebalance; before the first one, those that this replica is configured with.',
    absent: ALONE,
  },
  group_assigned_streams: {
    type: 'gauge',
    labels: ['group'],
    help: 'Of the streams of the group, those that this replica is given to run.',
    absent: ALONE,
  },
  group_handover_timestamp_seconds: {
    type: 'gauge',
    labels: ['group'],
    help: 'When streams last came to this replica or went from it, as a Unix time.',
    absent: `${ALONE}; before the first`,
  },
  group_rebalances_total: {
    type: 'counter',
    labels: ['group'],
    help: 'Times the group was assigned anew with this replica in it.',
    absent: ALONE,
  },
  events_committed_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Events committed to the events topic.',
  },
  pages_committed_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Pages of the audit log committed, empty ones included.',
  },
  transactions_committed_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Kafka transactions that committed pages, a sweep or a gap; those that begin or end a session are not among them.',
  },
  dead_letters_total: {
    type: 'counter',
    labels: ['stream', 'reason'],
    help: 'Events committed to the dead letters topic.',
  },
  duplicates_dropped_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Events that a page showed again and that were committed already; a few each time the stream catches up are normal.',
  },
  late_events_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Of the events committed, those that came after younger ones because Asana showed them late.',
  },
  sweeps_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Sweeps for late events that are committed.',
  },
  catch_ups_total: {
    type: 'counter',
    labels: ['stream', 'cause'],
    help: 'Times the stream began to catch up.',
  },
  sessions_started_total: {
    type: 'counter',
    labels: ['stream', 'cause'],
    help: 'Sessions with Kafka begun, by what ended the one before.',
  },
  gaps_total: {
    type: 'counter',
    labels: ['stream', 'reason'],
    help: 'Gaps recorded in the state topic: times of which events may be missing.',
  },
  errors_total: {
    type: 'counter',
    labels: ['stream', 'code'],
    help: 'Errors that failed a request to Asana, ended a session, or halted the stream; one that did several counts once.',
  },
  rate_limit_waits_total: {
    type: 'counter',
    labels: [],
    help: 'Waits of requests for the request budget or for a Retry-After.',
  },
  rate_limit_wait_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Time that requests waited for the request budget or for a Retry-After, summed over requests side by side.',
  },
  asana_request_duration_seconds: {
    type: 'histogram',
    labels: ['stream', 'status'],
    help: 'Duration of requests to Asana, from leaving to the end of the answer.',
    absent: 'of a status, until it has come once',
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  event_commit_latency_seconds: {
    type: 'histogram',
    labels: ['stream'],
    help: 'From created_at to the acknowledged commit, of events committed while live; catching up observes nothing.',
    buckets: [0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 900, 1_800, 3_600],
  },
  transaction_duration_seconds: {
    type: 'histogram',
    labels: ['stream'],
    help: 'Duration of the transactions of transactions_committed_total, from begin to the acknowledged commit.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
/** Of all metrics, those of a type. */
export type MetricOf<T extends MetricDefinition['type']> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];
export type LabelsOf<N extends MetricName> = (typeof METRICS)[N]['labels'][number];
