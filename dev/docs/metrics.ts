/** docs/metrics.md, from the definitions of the metrics. */

import { ERROR_CODES } from '../../src/error-list.ts';
import {
  type Label,
  METRIC_PREFIX,
  METRICS,
  type MetricDefinition,
} from '../../src/observe/metric-definitions.ts';
import { DEAD_LETTER_REASONS } from '../../src/stream/batch.ts';
import { CATCH_UP_CAUSES } from '../../src/stream/chain.ts';
import { GAP_REASONS } from '../../src/stream/gap.ts';
import { SESSION_CAUSES } from '../../src/stream/stream.ts';

const HEAD = `# Metrics

\`/metrics\` is in Prometheus' text format; \`promtool check metrics\` has nothing to say about ours. Everything is of one process, and
counters begin at 0 with it. This page is generated from \`src/observe/metric-definitions.ts\` by \`make docs\`.

## Two kinds of lag

- **How old is what is known and not committed?** \`asana_audit_lag_seconds\`. From the moment a commit begins until it is
  acknowledged, that is the age of its oldest event. While nobody knows what is left (catching up, or before the first page of a
  session) it is the age of what is complete, which is never less. 0 when the last page left nothing; absent once it is not known
  whether that still holds.
- **As of when is nothing missing?** \`asana_audit_complete_as_of_timestamp_seconds\`. Each committed page moves it, an empty one up to
  Asana's present: so a quiet tenant is never late, and a connector that hears nothing is, however little there would be to hear.

Alert on \`time() - asana_audit_complete_as_of_timestamp_seconds\`: it grows whatever the cause. Lag says whether events are waiting.
Both compare a time on Asana's clock with one of ours; \`asana-audit-kafka check\` says how far those are apart.

\`asana_audit_event_commit_latency_seconds\` is neither: of each event committed while live, the time from \`created_at\` to the
acknowledged commit. An event that Asana showed late counts with all of that. Of a backlog nothing is observed.

| | lag | complete as of | head-room | stream_live |
|---|---|---|---|---|
| live, events come | age of what is being committed, 0 between | moves with each page | about 90 days | 1 |
| live, nothing happens | 0 | moves with each empty poll | about 90 days | 1 |
| catching up | age of what is complete | moves with each page, in the past | grows towards 90 days | 0 |
| before the first page, first start ever | absent | absent | absent | 0 |
| before the first page, after a restart | age of what is complete | stands, as the state has it | shrinks | 0 if the state says catching up, otherwise 1 |
| Asana does not answer, or limits the rate | grows where something was left; where nothing was, 0 for some minutes, then absent | stands | shrinks | as it was |
| Kafka or the registry is away | grows where something was left, absent where nothing was | stands | shrinks | 0 |
| halted, while other streams go on | grows where something was left, absent where nothing was | stands | shrinks | 0 |
| has reached its end (\`END_AT\`, \`--until-caught-up\`) | absent | absent | absent | absent |

Head-room is the time until Asana deletes the oldest event that may be unread: 90 days after what is complete. A first start
without \`START_AT\` begins with the oldest event that there is, so it begins near 0 and grows. Below 0, the oldest of what was not
read may be deleted: the next page that shows it records a gap.
`;

const QUERIES = `
## Queries

\`\`\`promql
# Seconds since all was committed; about POLL_INTERVAL is normal
time() - asana_audit_complete_as_of_timestamp_seconds

# Events per second
sum by (stream) (rate(asana_audit_events_committed_total[5m]))

# Time left while catching up: what is left of the past, by how fast it is walked through
(time() - asana_audit_complete_as_of_timestamp_seconds) / (deriv(asana_audit_complete_as_of_timestamp_seconds[5m]) - 1)

# 99 of 100 live events were committed within
histogram_quantile(0.99, sum by (le, stream) (rate(asana_audit_event_commit_latency_seconds_bucket[15m])))

# Share of requests to Asana that failed
sum by (stream) (rate(asana_audit_asana_request_duration_seconds_count{status!="200"}[5m]))
  / sum by (stream) (rate(asana_audit_asana_request_duration_seconds_count[5m]))

# Sessions that ended against our will, by cause
sum by (stream, cause) (increase(asana_audit_sessions_started_total{cause!="start"}[1h])) > 0

# Streams without a position yet
asana_audit_stream_halted == 0 unless on (instance, stream) asana_audit_complete_as_of_timestamp_seconds
\`\`\`

Beside these there are prom-client's own \`process_*\` and \`nodejs_*\`.
`;

const LABELS: Readonly<Record<Label, string>> = {
  stream: 'gid of the workspace',
  reason: `of dead letters: ${list(DEAD_LETTER_REASONS)}; of gaps: ${list(GAP_REASONS)}`,
  cause: `of catching up: ${list(CATCH_UP_CAUSES)}; of sessions: ${list(SESSION_CAUSES)}`,
  code: `of [errors.md](errors.md); each of the ${ERROR_CODES.length} is there from the start. \`ASANA_OFFSET_REFUSED\` is no trouble: the stream catches up`,
  status: "HTTP status of Asana's answer, or `error` where none came",
  token:
    'ordinal of the token source (`1`, `2`, …) in the order of `ASANA_WORKSPACES`; workspaces with the same file share one',
  group: '`CONNECTOR_NAME`, the consumer group of the replicas',
  version: 'of the connector',
  node_version: 'of Node',
};

export function metricsDocument(): string {
  const metrics: [string, MetricDefinition][] = Object.entries(METRICS);
  return [
    HEAD,
    '\n## All of them\n\n| name | type | labels | meaning | absent |\n|---|---|---|---|---|\n',
    ...metrics.map(([name, metric]) => row(name, metric)),
    '\nBuckets, in seconds:\n\n',
    ...metrics.flatMap(([name, { buckets }]) =>
      buckets ? [`- \`${METRIC_PREFIX}${name}\`: ${buckets.join(', ')}\n`] : [],
    ),
    '\n| label | values |\n|---|---|\n',
    ...Object.entries(LABELS).map(([label, values]) => `| \`${label}\` | ${values} |\n`),
    QUERIES,
  ].join('');
}

const row = (name: string, { type, labels, help, absent = 'never' }: MetricDefinition): string =>
  `| \`${METRIC_PREFIX}${name}\` | ${type} | ${list(labels)} | ${help} | ${absent} |\n`;

function list(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}
