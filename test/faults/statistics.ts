/** Figures of a series of measurements. */

/** Nearest rank; undefined where there is none. `share` in (0, 1]. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** The rule of three: with `clean` trials without a failure, the failure probability of one is below this, at 95 %. */
export const failureBound = (clean: number): number => (clean === 0 ? 1 : Math.min(1, 3 / clean));
