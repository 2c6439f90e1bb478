/** What ops/ has for Prometheus and Grafana, against a real Prometheus that scrapes a running connector. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../dev/command.ts';
import { waitUntil } from '../../dev/wait.ts';
import { readDashboard } from '../ops/dashboard-file.ts';
import { alertRules, metricsIn } from '../ops/rules-file.ts';
import { prometheusForTests } from '../support/prometheus.ts';
import { HALTED_STREAM, openScene, type PrometheusScene } from './prometheus-scene.ts';

const programs = prometheusForTests();
const dashboard = readDashboard('asana-audit-kafka.json');
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr }) => ({ title, refId, expr })),
);

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly alerts: readonly { readonly annotations: Readonly<Record<string, string>> }[];
}

describe.skipIf(programs === undefined)('a Prometheus that scrapes a running connector', () => {
  let scene: PrometheusScene;
  let page: string;

  beforeAll(async () => {
    if (programs === undefined) return;
    scene = await openScene(programs);
    page = await waitUntil(
      async () => {
        const text = await (await fetch(`${scene.connectorUrl}/metrics`)).text();
        return /^asana_audit_stream_live\{.*\} 1$/m.test(text) ? text : undefined;
      },
      { what: 'a live stream', timeoutMs: 60_000 },
    );
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const filledIn = (expr: string) =>
    expr
      .replaceAll('$instance', scene.instance.replaceAll('.', '\\\\.'))
      .replaceAll('$stream', scene.stream)
      .replaceAll('$__rate_interval', '5s');

  // Of all panels: none is empty here, so each query is right about names, labels and matching.
  test.each(queries)('panel $title, query $refId, returns data', async ({ expr }) => {
    const query = filledIn(expr);
    const values = await waitUntil(
      async () => {
        const { result } = (await scene.ask('query', { query })) as { result: { value: [number, string] }[] };
        const numbers = result.map(({ value }) => Number(value[1]));
        return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined;
      },
      { what: query, timeoutMs: 60_000 },
    );
    expect(values.length).toBeGreaterThan(0);
  });

  test.each(dashboard.annotations.list)(
    'the marks $name are a query that Prometheus understands',
    async ({ expr }) => {
      await expect(scene.ask('query', { query: filledIn(expr) })).resolves.toMatchObject({
        resultType: 'vector',
      });
    },
  );

  test.each(dashboard.templating.list.filter(({ definition }) => definition !== undefined))(
    'the variable $name has values to choose from',
    async ({ definition = '' }) => {
      const [, match = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(filledIn(definition)) ?? [];
      const values = await scene.ask(`label/${label}/values`, { 'match[]': match });
      expect(values).toEqual(label === 'stream' ? [scene.stream, HALTED_STREAM] : [scene.instance]);
    },
  );

  test('rules and panels speak of metrics that the connector has, whatever has happened so far', () => {
    const used = metricsIn([...queries, ...alertRules].map(({ expr }) => expr).join('\n'));
    const families = new Set([...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const familyOf = (name: string) => name.replace(/_(bucket|count|sum)$/, '');
    expect(used.filter((name) => !families.has(familyOf(name)))).toEqual([]);
  });

  test('promtool check metrics has nothing to say about ours', async () => {
    const { stdout, stderr } = await runCommand({
      command: programs?.promtool ?? '',
      args: ['check', 'metrics'],
      stdin: page,
      timeoutMs: 30_000,
    });
    expect(page).toContain('asana_audit_events_committed_total');
    expect((stdout + stderr).split('\n').filter((line) => line.includes('asana_audit_'))).toEqual([]);
    expect(stdout + stderr).not.toContain('error while linting');
  });

  test('every rule is evaluated without an error, and what there is to alert about is said: dead letters and a halted stream, with its code', async () => {
    const active = await waitUntil(
      async () => {
        const { groups } = (await scene.ask('rules')) as { groups: { rules: Rule[] }[] };
        const rules = groups.flatMap((group) => group.rules);
        expect(rules).toHaveLength(alertRules.length);
        if (rules.some(({ health }) => health === 'unknown')) return undefined;
        expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
        const found = new Map(
          rules.flatMap(({ name, alerts: [first] }) => (first ? [[name, first.annotations]] : [])),
        );
        return found.size > 1 ? found : undefined;
      },
      { what: 'two alerts, pending or firing', timeoutMs: 60_000 },
    );
    expect([...active.keys()]).toEqual(['AsanaAuditStreamHalted', 'AsanaAuditDeadLetters']);
    expect(active.get('AsanaAuditStreamHalted')?.description).toBe(
      `Stream ${HALTED_STREAM} of ${scene.instance} has stopped for an error that no retry heals: ASANA_WORKSPACE_UNKNOWN`,
    );
    expect(active.get('AsanaAuditDeadLetters')?.description).toMatch(
      new RegExp(`^\\d+ of stream ${scene.stream} within an hour, reason [a-z-]+: these events are whole`),
    );
  });
});
