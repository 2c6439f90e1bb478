/** Reads numbers out of a `/metrics` page (Prometheus text format). */

type Sample = { labels: string; value: number };

/** The sum over all label values; 0 when the metric is not there. */
export function sumMetric(page: string, name: string): number {
  return samplesOf(page, name).reduce((sum, { value }) => sum + value, 0);
}

/** The largest over all label values, for gauges such as a lag; `undefined` when the metric is not there. */
export function maxMetric(page: string, name: string): number | undefined {
  const values = samplesOf(page, name).map(({ value }) => value);
  return values.length > 0 ? Math.max(...values) : undefined;
}

/** The sums by the value of one label. */
export function groupMetric(page: string, name: string, label: string): Record<string, number> {
  const groups: Record<string, number> = {};
  const labelValue = new RegExp(`(?:^|,)${label}="([^"]*)"`);
  for (const { labels, value } of samplesOf(page, name)) {
    const key = labelValue.exec(labels)?.[1] ?? '';
    groups[key] = (groups[key] ?? 0) + value;
  }
  return groups;
}

function samplesOf(page: string, name: string): Sample[] {
  const samples: Sample[] = [];
  for (const [, labels = '', value = ''] of page.matchAll(
    new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)`, 'gm'),
  )) {
    samples.push({ labels, value: Number(value) });
  }
  return samples;
}
