/** The rows below: each of the three that it talks to, and what came of it. */

import type { Row } from './panel.ts';
import { ofInstances, ofStreams, perInstance, perStream, quantiles } from './queries.ts';

export const ASANA: Row = {
  title: 'Asana',
  panels: [
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Requests by status',
      description:
        '200 is the normal one, error: no answer came. 429 should not be there: a budget that is right never meets it.',
      unit: 'reqps',
      width: 8,
      alerts: ['AsanaAuditRateLimited', 'AsanaAuditNotCaughtUp'],
      queries: [
        {
          expr: `sum by (status) (rate(${ofStreams('asana_request_duration_seconds_count')}[$__rate_interval]))`,
          legend: '{{status}}',
        },
      ],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Duration of requests',
      description: 'From leaving to the end of the answer, whatever its status.',
      unit: 's',
      width: 8,
      alerts: ['AsanaAuditFallingBehind'],
      queries: quantiles('asana_request_duration_seconds'),
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Budget used',
      description:
        'Requests of the last minute by the budget of their token (ASANA_REQUESTS_PER_MINUTE). 100 % in a catch-up is as meant; in live polling it is not. Empty without a budget.',
      unit: 'percentunit',
      max: 1,
      width: 4,
      alerts: ['AsanaAuditBudgetUsedUp', 'AsanaAuditRateLimited'],
      queries: [{ expr: ofInstances('asana_audit_request_budget_used_ratio'), legend: 'token {{token}}' }],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Time waited for the budget',
      description:
        'Seconds a second that requests waited for the budget or a Retry-After: several where requests wait side by side.',
      unit: 'short',
      width: 4,
      alerts: ['AsanaAuditBudgetUsedUp'],
      queries: [
        perInstance(`rate(${ofInstances('asana_audit_rate_limit_wait_seconds_total')}[$__rate_interval])`),
      ],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'From event to commit',
      description:
        'From created_at to the acknowledged commit, of events committed while live: the poll interval, and what Asana takes to show an event. Empty without live events.',
      unit: 's',
      width: 8,
      alerts: ['AsanaAuditFallingBehind'],
      queries: quantiles('event_commit_latency_seconds'),
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Late events',
      description:
        'Share of the events of an hour that Asana showed only after younger ones. Empty where there were no events.',
      unit: 'percentunit',
      width: 8,
      alerts: ['AsanaAuditLateEventsAboveUsual'],
      queries: [
        perStream(
          `increase(${ofStreams('late_events_total')}[1h]) / (increase(${ofStreams('events_committed_total')}[1h]) > 0)`,
        ),
      ],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Swept to (behind complete)',
      description:
        'How far sweeps for late events are behind what is complete: from SWEEP_LOOKBACK, by default 45 m, to SWEEP_INTERVAL more. Empty without sweeps.',
      unit: 's',
      width: 8,
      alerts: ['AsanaAuditSweepsBehind'],
      queries: [
        perStream(
          `${ofStreams('complete_as_of_timestamp_seconds')} - ${ofStreams('swept_to_timestamp_seconds')}`,
        ),
      ],
    },
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Catch-ups begun, by cause',
      description:
        'In an hour. offset-refused is normal where the offsets of Asana live shorter than the poll interval. That of a start is begun before Prometheus sees it.',
      unit: 'short',
      width: 8,
      alerts: ['AsanaAuditFallingBehind'],
      queries: [
        {
          expr: `sum by (cause) (increase(${ofStreams('catch_ups_total')}[1h]))`,
          legend: '{{cause}}',
        },
      ],
    },
  ],
};

export const KAFKA: Row = {
  title: 'Kafka',
  panels: [
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Transactions',
      description: 'Transactions committed a second. Empty pages are committed too.',
      unit: 'ops',
      width: 8,
      alerts: ['AsanaAuditNotCaughtUp'],
      queries: [perStream(`rate(${ofStreams('transactions_committed_total')}[$__rate_interval])`)],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Duration of transactions',
      description: 'From begin to the acknowledged commit.',
      unit: 's',
      width: 8,
      alerts: ['AsanaAuditFallingBehind'],
      queries: quantiles('transaction_duration_seconds'),
    },
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Sessions begun, by cause',
      description:
        'In an hour, by what ended the session before: a fault that healed, or one that comes again and again. The first one of a process is begun before Prometheus sees it: Up since shows that.',
      unit: 'short',
      width: 8,
      alerts: ['AsanaAuditNotCaughtUp'],
      queries: [
        {
          expr: `sum by (cause) (increase(${ofStreams('sessions_started_total')}[1h]))`,
          legend: '{{cause}}',
        },
      ],
    },
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Dead letters, by reason',
      description: 'In an hour: events that are whole in the dead letters topic and not in the events topic.',
      unit: 'short',
      width: 8,
      alerts: ['AsanaAuditDeadLetters'],
      queries: [
        {
          expr: `sum by (reason) (increase(${ofStreams('dead_letters_total')}[1h]))`,
          legend: '{{reason}}',
        },
      ],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Duplicates dropped',
      description:
        'In an hour: events that Asana showed again. A few with each catch-up and each sweep are normal; as many as are committed means that requests bring nothing new.',
      unit: 'short',
      width: 8,
      alerts: ['AsanaAuditFallingBehind'],
      queries: [perStream(`increase(${ofStreams('duplicates_dropped_total')}[1h])`)],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Pages a transaction',
      description: 'One when live; several in a catch-up, where that is quicker.',
      unit: 'short',
      width: 8,
      alerts: ['AsanaAuditFallingBehind'],
      queries: [
        perStream(
          `rate(${ofStreams('pages_committed_total')}[$__rate_interval]) / (rate(${ofStreams('transactions_committed_total')}[$__rate_interval]) > 0)`,
        ),
      ],
    },
  ],
};

export const REPLICAS: Row = {
  title: 'Replicas (with MODE=distributed)',
  panels: [
    {
      kind: 'curves',
      shape: 'stack',
      title: 'Streams by replica',
      description:
        'What each replica is given to run. Together they are all streams of the group, apart from the seconds of a hand-over.',
      unit: 'short',
      width: 12,
      alerts: ['AsanaAuditStreamsUnowned'],
      queries: [perInstance(ofInstances('asana_audit_group_assigned_streams'))],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Rebalances',
      description:
        'In an hour: two for each replica that joins, leaves or is lost. Many without one of these are a replica that is lost and joins, again and again.',
      unit: 'short',
      width: 12,
      alerts: ['AsanaAuditStreamsUnowned'],
      queries: [perInstance(`increase(${ofInstances('asana_audit_group_rebalances_total')}[1h])`)],
    },
  ],
};

export const PROCESS: Row = {
  title: 'Process',
  panels: [
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Processor',
      description: 'Processor time by time. It has one thread of its own: near 100 % is all that it can use.',
      unit: 'percentunit',
      width: 6,
      alerts: ['AsanaAuditFallingBehind'],
      queries: [perInstance(`rate(${ofInstances('process_cpu_seconds_total')}[$__rate_interval])`)],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Memory',
      description: 'What it holds of the machine, and what of it is JavaScript. Flat, whatever the backlog.',
      unit: 'bytes',
      width: 6,
      alerts: ['AsanaAuditConnectorDown'],
      queries: [
        { expr: ofInstances('process_resident_memory_bytes'), legend: 'resident {{instance}}' },
        { expr: ofInstances('nodejs_heap_size_used_bytes'), legend: 'heap {{instance}}' },
      ],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Event loop lag',
      description:
        'How long what is due waits for its turn. Above a second, timeouts of requests begin to lie.',
      unit: 's',
      width: 6,
      alerts: ['AsanaAuditNotCaughtUp'],
      queries: [{ expr: ofInstances('nodejs_eventloop_lag_p99_seconds'), legend: 'p99 {{instance}}' }],
    },
    {
      kind: 'curves',
      shape: 'lines',
      title: 'Up since',
      description: 'Age of the process, by version. Each tooth is a restart.',
      unit: 's',
      width: 6,
      alerts: ['AsanaAuditConnectorDown'],
      queries: [
        {
          expr: `(time() - ${ofInstances('process_start_time_seconds')}) * on (instance, job) group_left (version) ${ofInstances('asana_audit_build_info')}`,
          legend: '{{version}} {{instance}}',
        },
      ],
    },
  ],
};
