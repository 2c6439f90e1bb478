import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbookSections } from '../../dev/grafana/runbook.ts';
import { ERRORS } from '../../src/error-list.ts';
import { LOG_LINES } from '../../src/log-lines.ts';
import { GAP_REASONS } from '../../src/stream/gap.ts';
import { alertNames, OPS } from './rules-file.ts';

const runbook = readFileSync(join(OPS, 'runbook.md'), 'utf8');
const [, ...sections] = runbookSections(runbook);
const dashboard: { panels: { title: string }[] } = JSON.parse(
  readFileSync(join(OPS, 'grafana/dashboards/asana-audit-kafka.json'), 'utf8'),
);

test('each alert has its section, in the order of the rules, and each section its alert', () => {
  expect(sections.map(({ title }) => title)).toEqual(alertNames);
});

describe.each(sections)('$title', ({ text }) => {
  test('says what it means, how to see it, what to do, and when to escalate', () => {
    const parts = [...text.matchAll(/^\*\*(\w+)[,:*]/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Means', 'See', 'Do', 'Escalate']);
  });

  test('speaks of panels and alerts that there are', () => {
    const titles = new Set(dashboard.panels.map(({ title }) => title));
    const panels = [...text.matchAll(/panels? (\*[^*]+\*(?:(?:,| and|, and) \*[^*]+\*)*)/g)]
      .flatMap(([, list]) => list?.match(/\*[^*]+\*/g) ?? [])
      .map((name) => name.slice(1, -1).replaceAll('\n', ' '));
    expect(panels.filter((name) => !titles.has(name))).toEqual([]);
    const alerts = text.match(/AsanaAudit\w+/g) ?? [];
    expect(alerts.filter((name) => !alertNames.includes(name))).toEqual([]);
  });
});

test('each error that can halt a stream has a line, and no code is made up', () => {
  const codes = new Set(runbook.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g));
  const halting = Object.entries(ERRORS).filter(
    ([, { disposition }]) => disposition === 'halt-stream' || disposition === 'exit',
  );
  expect(halting.map(([code]) => code).filter((code) => !runbook.includes(code))).toEqual([]);
  const prefixed = [...codes].filter((code) =>
    /^(ASANA_(?!TOKEN|WORKSPACES|REQUESTS)|KAFKA_|SCHEMA_)/.test(code),
  );
  expect(prefixed.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
});

test('the log lines that it names are of the closed list, and the commands are those that there are', () => {
  const lines = [...runbook.matchAll(/(?:lines?|last|or) `([a-z]+(?:-[a-z]+)+)`/g)].map(([, id]) => id ?? '');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((id) => !Object.hasOwn(LOG_LINES, id))).toEqual([]);
  const commands = [...runbook.matchAll(/`asana-audit-kafka ([a-z]+)/g)].map(([, command]) => command ?? '');
  expect([...new Set(commands)].sort()).toEqual(['check', 'offsets', 'status', 'tail', 'verify']);
});

test('each reason of a gap has a line', () => {
  for (const reason of GAP_REASONS) expect(runbook).toContain(`| ${reason} |`);
});
