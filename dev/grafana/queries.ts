/** Pieces of queries, filtered by the variables of the dashboard. */

import type { Query, StatPanel } from './panel.ts';

export const MINUTE = 60;

const INSTANCES = 'instance=~"$instance"';
const STREAMS = `${INSTANCES},stream=~"$stream"`;

/** One of our metrics that has a stream. @param more matchers of other labels, such as `status="429"` */
export const ofStreams = (metric: string, more = ''): string =>
  `asana_audit_${metric}{${STREAMS}${more && `,${more}`}}`;

/** Any metric of the process. */
export const ofInstances = (metric: string): string => `${metric}{${INSTANCES}}`;

/**
 * How often in a day, of what is rare and counts from the first time on: `increase` alone does not see what a process had counted before it
 * was scraped. The alerts do the same.
 */
export const inADay = (counter: string): string =>
  `round(sum((${ofStreams(counter)} > 0 and on (job, instance) time() - process_start_time_seconds < 86400) or increase(${ofStreams(counter)}[1d])))`;

/** Of a query that leaves one curve a stream. */
export const perStream = (expr: string): Query => ({ expr, legend: '{{stream}}' });

export const perInstance = (expr: string): Query => ({ expr, legend: '{{instance}}' });

/** The median and the slow end of one of our histograms. */
export const quantiles = (histogram: string): Query[] =>
  [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${ofStreams(`${histogram}_bucket`)}[$__rate_interval])))`,
    legend: `p${quantile * 100}`,
  }));

/** Good is 0. */
export const GREEN_RED: Pick<StatPanel, 'base' | 'thresholds'> = {
  base: 'green',
  thresholds: [{ from: 1, color: 'red' }],
};
