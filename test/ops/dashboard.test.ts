import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboardText, mainDashboard, runbookDashboard } from '../../dev/grafana/dashboards.ts';
import { dashboardPanels, type PlacedPanel } from './dashboard-file.ts';
import { alertNames, OPS } from './rules-file.ts';

const read = (path: string) => readFileSync(join(OPS, path), 'utf8');
const runbook = read('runbook.md');

test.each([
  ['asana-audit-kafka.json', mainDashboard(runbook)],
  ['runbook.json', runbookDashboard(runbook)],
])('%s is what the code makes: otherwise run make docs', (file, dashboard) => {
  expect(read(`grafana/dashboards/${file}`)).toBe(dashboardText(dashboard));
});

test('Grafana finds a data source and a folder of dashboards', () => {
  const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yml'));
  expect(datasources).toMatchObject([{ type: 'prometheus', uid: 'prometheus', isDefault: true }]);
  const { providers } = parse(read('grafana/provisioning/dashboards/asana-audit-kafka.yml'));
  expect(providers).toMatchObject([{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }]);
});

describe.each(['asana-audit-kafka.json', 'runbook.json'])('%s', (file) => {
  const panels = dashboardPanels(file);

  test('has panels with ids of their own', () => {
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has no panel over another, and none beyond the 24 columns', () => {
    const overlaps = panels.flatMap((a, index) =>
      panels.slice(index + 1).flatMap((b) => (overlap(a, b) ? [`${a.title} and ${b.title}`] : [])),
    );
    expect(overlaps).toEqual([]);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe('the panels of the main dashboard', () => {
  const panels = dashboardPanels('asana-audit-kafka.json').filter(({ type }) => type !== 'row');

  test.each(panels)('$title is described, has a unit, and asks the chosen data source', (panel) => {
    expect(panel.description?.length).toBeGreaterThan(20);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    for (const target of panel.targets ?? []) expect(target.datasource.uid).toBe('$' + '{datasource}');
    expect(panel.targets?.map(({ refId }) => refId)).toEqual(['A', 'B'].slice(0, panel.targets?.length));
  });

  test.each(panels)('$title links to the runbook', ({ links }) => {
    expect(links).not.toEqual([]);
  });

  test('have titles of their own: the runbook calls them by these', () => {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('the first row is seen without scrolling, and answers for state, lag, completeness, rate, head-room and findings', () => {
    const first = panels.filter(({ gridPos }) => gridPos.y < 5);
    expect(first.map(({ title }) => title)).toEqual([
      'State',
      'Lag',
      'Complete as of (ago)',
      'Throughput',
      'Head-room',
      'Found in 24 h',
    ]);
  });

  test('every alert that a panel can show is linked from one, to its section of the runbook', () => {
    const sections = dashboardPanels('runbook.json');
    const links = panels.flatMap((panel) => panel.links ?? []);
    for (const { title, url } of links) {
      const id = Number(/\?viewPanel=(\d+)$/.exec(url)?.[1]);
      expect(`Runbook: ${sections.find((section) => section.id === id)?.title}`).toBe(title);
    }
    const linked = new Set(links.map(({ title }) => title.replace('Runbook: ', '')));
    // Where there is no connector, there is no curve.
    expect(alertNames.filter((name) => !linked.has(name))).toEqual(['AsanaAuditConnectorAbsent']);
  });
});

function overlap({ gridPos: a }: PlacedPanel, { gridPos: b }: PlacedPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
