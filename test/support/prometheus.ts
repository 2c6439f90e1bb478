/** Prometheus, for the tests of what ops/ has for it. */

import {
  findPrometheus,
  type PrometheusPrograms,
  WITHOUT_PROMETHEUS,
} from '../../dev/prometheus/programs.ts';

/**
 * Undefined where there is none, which is said once a file: its tests are skipped then. In CI (REQUIRE_PROMETHEUS=1) that is a failure,
 * because nobody would notice.
 */
export function prometheusForTests(): PrometheusPrograms | undefined {
  const programs = findPrometheus();
  if (programs !== undefined) return programs;
  if (process.env.REQUIRE_PROMETHEUS === '1') throw new Error(WITHOUT_PROMETHEUS);
  console.warn(`skipped: ${WITHOUT_PROMETHEUS}`);
  return undefined;
}
