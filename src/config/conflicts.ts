import { ASANA_RETENTION_MS } from '../asana/retention.ts';
import { isLoopback } from './loopback.ts';
import type { Settings } from './settings.ts';

// Below, an idle stream would spend the whole request budget.
const MIN_POLL_MS = 10;
// Below, a pause of the process would cost it its streams.
const MIN_SESSION_MS = 1_000;

/** What the variables say against each other, and values that their kinds allow and the connector does not. */
export function conflicts(settings: Partial<Settings>): string[] {
  const problems: string[] = [];
  const { ASANA_BASE_URL: url, START_AT: startAt, END_AT: endAt } = settings;
  if (settings.ASANA_ACTOR_TYPE && settings.ASANA_ACTOR_GID) {
    problems.push('ASANA_ACTOR_TYPE and ASANA_ACTOR_GID are both set: Asana allows one of them');
  }
  if (startAt !== undefined && endAt !== undefined && startAt >= endAt)
    problems.push('END_AT: expected a time after START_AT');
  if (url?.protocol === 'http:' && !isLoopback(url.hostname) && !settings.ASANA_ALLOW_PLAIN_HTTP) {
    problems.push(
      `ASANA_BASE_URL: expected https, got '${url}' (or set ASANA_ALLOW_PLAIN_HTTP=true: the token is then readable on the way)`,
    );
  }
  for (const name of ['EVENTS_TOPIC_PARTITIONS', 'STATE_TOPIC_PARTITIONS'] as const) {
    if (settings[name] === 0) problems.push(`${name}: expected at least 1, got '0'`);
  }
  if ((settings.POLL_INTERVAL ?? MIN_POLL_MS) < MIN_POLL_MS)
    problems.push(`POLL_INTERVAL: expected at least ${MIN_POLL_MS}ms`);
  for (const name of ['ASANA_REQUEST_TIMEOUT', 'KAFKA_TRANSACTION_TIMEOUT'] as const) {
    if ((settings[name] ?? 1_000) < 1_000) problems.push(`${name}: expected at least 1s`);
  }
  problems.push(...retentionProblems(settings), ...distributedProblems(settings));
  const { EVENTS_TOPIC: events, STATE_TOPIC: state } = settings;
  if (events !== undefined && (state === events || state === `${events}.dead-letters`)) {
    problems.push('STATE_TOPIC: expected another topic than EVENTS_TOPIC and its dead letters');
  }
  return problems;
}

function retentionProblems({
  EVENTS_TOPIC_RETENTION: retentionMs = -1,
  ALLOW_SHORT_RETENTION: isAllowed,
}: Partial<Settings>): string[] {
  if (isAllowed || retentionMs < 0 || retentionMs >= ASANA_RETENTION_MS) return [];
  return [
    'EVENTS_TOPIC_RETENTION: expected unlimited or at least 90d, as long as Asana keeps events: those of a backlog would be deleted at once (or set ALLOW_SHORT_RETENTION=true)',
  ];
}

function distributedProblems({
  MODE,
  END_AT,
  GROUP_SESSION_TIMEOUT: timeoutMs,
}: Partial<Settings>): string[] {
  if (MODE !== 'distributed') return [];
  const problems: string[] = [];
  if (END_AT !== undefined)
    problems.push('END_AT: only with MODE=standalone; no replica knows when the streams of the others end');
  if (timeoutMs !== undefined && timeoutMs < MIN_SESSION_MS)
    problems.push(
      'GROUP_SESSION_TIMEOUT: expected at least 1s, and what the brokers allow (group.min.session.timeout.ms, 6 s unless it was changed)',
    );
  return problems;
}

export function conflictWarnings(settings: Settings): string[] {
  const { ASANA_BASE_URL: url } = settings;
  if (url.protocol !== 'http:' || isLoopback(url.hostname)) return [];
  return [`ASANA_BASE_URL is plain http to ${url.host}: the token and the events are readable on the way`];
}
