/** The few statistics of the benchmark. All of them refuse an empty sample: a figure without a run is none. */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** The value below which `share` of the sample lies, between neighbours by proportion; 0.5: the median. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('a percentile of no values');
  return below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const summarize = (values: readonly number[]): Summary => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  runs: values.length,
});

/** Each value by the yardstick of the same run: what disturbs both of a pair falls out. */
export function ratios(values: readonly number[], yardstick: readonly number[]): number[] {
  if (values.length !== yardstick.length)
    throw new RangeError(`${values.length} values and ${yardstick.length} of the yardstick make no pairs`);
  return values.map((value, at) => value / (yardstick[at] ?? Number.NaN));
}
