import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { metricsDocument } from '../../../dev/docs/metrics.ts';
import { METRIC_PREFIX, METRICS } from '../../../src/observe/metric-definitions.ts';
import { watched } from '../../observe/watched.ts';

const page = metricsDocument();

test('docs/metrics.md is what the definitions say', () => {
  const written = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  expect(written, 'docs/metrics.md is stale: run make docs').toBe(page);
});

test('every metric has one row, with its type, its labels and when it is absent', () => {
  for (const [name, { type, labels }] of Object.entries(METRICS)) {
    const [row = '', ...more] = page
      .split('\n')
      .filter((line) => line.startsWith(`| \`${METRIC_PREFIX}${name}\` |`));
    expect(more).toEqual([]);
    const [, shownType, shownLabels, help, absent] = row.split(' | ').map((cell) => cell.replaceAll('`', ''));
    expect([shownType, shownLabels]).toEqual([type, labels.join(', ')]);
    expect(help && absent).toBeTruthy();
  }
});

test('a query names no metric that is not defined', () => {
  const names = [...page.matchAll(/asana_audit_(\w+)/g)].map(([, name = '']) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );
  expect(names.filter((name) => !Object.hasOwn(METRICS, name))).toEqual([]);
});

test('every definition is registered, and nothing else of ours', async () => {
  const { registry } = watched().metrics;
  const ours = (await registry.getMetricsAsJSON())
    .map(({ name }) => name)
    .filter((name) => name.startsWith(METRIC_PREFIX));
  expect(ours.sort()).toEqual(
    Object.keys(METRICS)
      .map((name) => METRIC_PREFIX + name)
      .sort(),
  );
});
