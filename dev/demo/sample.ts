/** What the demo knows at one moment, and what it concludes from it: no IO. */

import { groupMetric, maxMetric, sumMetric } from './prometheus-text.ts';

export type Sample = {
  atMs: number;
  /** Events that the simulated Asana would show now. */
  visible: number;
  /** Events that the connector has committed, dead letters included. */
  committed: number;
  /** `undefined` until the connector says. */
  lagSeconds: number | undefined;
  requestsByStatus: Record<string, number>;
};

/** `metricsPage` is `undefined` while the connector does not answer yet. */
export function makeSample(atMs: number, visible: number, metricsPage: string | undefined): Sample {
  const page = metricsPage ?? '';
  return {
    atMs,
    visible,
    committed:
      sumMetric(page, 'asana_audit_events_committed_total') +
      sumMetric(page, 'asana_audit_dead_letters_total'),
    lagSeconds: maxMetric(page, 'asana_audit_lag_seconds'),
    requestsByStatus: groupMetric(page, 'asana_audit_asana_request_duration_seconds_count', 'status'),
  };
}

const RATE_WINDOW_MS = 3_000;

/** Events a second over the last seconds; 0 as long as there is nothing to compare. */
export function committedPerSecond(samples: readonly Sample[]): number {
  const last = samples.at(-1);
  const first = samples.find(({ atMs }) => last && atMs >= last.atMs - RATE_WINDOW_MS);
  if (!last || !first || last.atMs === first.atMs) return 0;
  return ((last.committed - first.committed) * 1_000) / (last.atMs - first.atMs);
}

/** How long nothing has been committed although there is something to commit, in milliseconds. */
export function stalledForMs(samples: readonly Sample[]): number {
  const last = samples.at(-1);
  if (!last || last.committed >= last.visible) return 0;
  const since = samples.find(({ committed }) => committed === last.committed) ?? last;
  return last.atMs - since.atMs;
}
