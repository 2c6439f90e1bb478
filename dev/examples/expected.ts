/** What the examples have to find, computed from Asana's own events in the plainest way. */

import type { AsanaEvent } from './asana-events.ts';

const HOUR_MS = 3_600_000;
const BURST_FAILURES = 3;
/** As Flink prints a NULL. */
const NULL = '<NULL>';

/** Of the Kafka Streams example: `actor gid@start of the window`, tab, failures. */
export function expectedBursts(events: readonly AsanaEvent[]): string[] {
  const failures = events.filter((event) => isFailedLogin(event) && event.actor?.gid !== undefined);
  const counts = countBy(failures, ({ actor, created_at }) => {
    const start = new Date(windowStart(created_at, HOUR_MS)).toISOString().replace('.000', '');
    return `${actor?.gid}@${start}`;
  });
  return [...counts]
    .filter(([, count]) => count >= BURST_FAILURES)
    .map(([burst, count]) => `${burst}\t${count}`);
}

/** Of the first query of the Flink example. */
export function expectedFailedLogins(events: readonly AsanaEvent[]): string[] {
  return events.filter(isFailedLogin).map(({ created_at, actor, context, details }) => {
    const [method] = Array.isArray(details?.method) ? details.method : [];
    return [
      flinkTime(Date.parse(created_at)),
      actor?.email ?? NULL,
      context?.client_ip_address ?? NULL,
      method ?? NULL,
    ].join(' | ');
  });
}

/** Of the second query of the Flink example. */
export function expectedHours(events: readonly AsanaEvent[]): string[] {
  const counts = countBy(events, ({ created_at, event_category }) =>
    [flinkTime(windowStart(created_at, HOUR_MS)), event_category ?? NULL].join(' | '),
  );
  return [...counts].map(([hour, count]) => `${hour} | ${count}`);
}

const isFailedLogin = (event: AsanaEvent): boolean => event.event_type === 'user_login_failed';

const windowStart = (createdAt: string, sizeMs: number): number => {
  const atMs = Date.parse(createdAt);
  return atMs - (atMs % sizeMs);
};

/** As Flink prints a TIMESTAMP(3). */
const flinkTime = (atMs: number): string => new Date(atMs).toISOString().replace('T', ' ').replace('Z', '');

function countBy(events: readonly AsanaEvent[], keyOf: (event: AsanaEvent) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(keyOf(event), (counts.get(keyOf(event)) ?? 0) + 1);
  return counts;
}
