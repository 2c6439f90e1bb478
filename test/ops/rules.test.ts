import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../dev/command.ts';
import { ERRORS } from '../../src/error-list.ts';
import { prometheusForTests } from '../support/prometheus.ts';
import { alertNames, alertRules, OPS, RULES_FILE } from './rules-file.ts';

const programs = prometheusForTests();
const TESTS = join(OPS, 'prometheus/tests');
const testFiles = readdirSync(TESTS).map((name) => join(TESTS, name));

const promtool = (...args: string[]) =>
  runCommand({ command: programs?.promtool ?? '', args, timeoutMs: 100_000 });

describe.skipIf(programs === undefined)('promtool', () => {
  test('finds nothing wrong with the rules, nor with the configuration that loads them', async () => {
    for (const args of [
      ['rules', RULES_FILE],
      ['config', join(OPS, 'prometheus/prometheus.yml')],
    ]) {
      const { exitCode, stdout, stderr } = await promtool('check', ...args);
      expect(exitCode, stdout + stderr).toBe(0);
    }
  });

  test('sees each alert fire when it should, and keep silent when it should', {
    timeout: 120_000,
  }, async () => {
    const { exitCode, stdout, stderr } = await promtool('test', 'rules', ...testFiles);
    expect(exitCode, stdout + stderr).toBe(0);
  });
});

describe('the rules', () => {
  test.each(alertRules)('$alert ($labels.severity) says what, of whom, how much, and what to do', (rule) => {
    expect(['warning', 'critical']).toContain(rule.labels.severity);
    expect(rule.annotations.runbook_url).toBe(`ops/runbook.md#${rule.alert.toLowerCase()}`);
    const said = `${rule.annotations.summary} ${rule.annotations.description}`;
    // Of nobody, where there is nobody.
    const isAboutAll = rule.expr.startsWith('absent(');
    expect(/\$labels\.(stream|instance|group)/.test(said)).toBe(!isAboutAll);
  });

  test('each alert has a test in which it fires and one in which it is silent', () => {
    const text = testFiles.map((file) => readFileSync(file, 'utf8')).join('\n');
    const [flow, block] = [/alertname: (\w+), eval_time: \w+ \}/g, /- alertname: (\w+)\n/g].map((pattern) =>
      [...text.matchAll(pattern)].map(([, name]) => name),
    );
    expect([...new Set(block)].sort()).toEqual([...alertNames].sort());
    expect([...new Set(flow)].sort()).toEqual([...alertNames].sort());
  });

  test('the alert about a halted stream names exactly the errors that can halt one', () => {
    const { annotations } = alertRules.find(({ alert }) => alert === 'AsanaAuditStreamHalted') ?? {};
    const named = /"((?:[A-Z_]+\|)+[A-Z_]+)"/.exec(annotations?.description ?? '')?.[1]?.split('|');
    const halting = Object.entries(ERRORS)
      .filter(([, { disposition }]) => disposition === 'halt-stream' || disposition === 'exit')
      .map(([code]) => code);
    expect(named?.sort()).toEqual(halting.sort());
  });
});
