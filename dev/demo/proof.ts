/** The demo's last word. */

import { formatCount } from './view.ts';

/** How many of Asana's events a report of `verify` says it has compared; `undefined` when it does not say. */
export function comparedEvents(report: string): number | undefined {
  const count = /\bAsana ([\d,]+) events/.exec(report)?.[1];
  return count === undefined ? undefined : Number(count.replaceAll(',', ''));
}

export function renderProof(events: number): string {
  return `Proven: each of the ${formatCount(events)} events of the simulated Asana is in Kafka exactly once, unchanged and in time order within its partition, and nothing else is.`;
}
