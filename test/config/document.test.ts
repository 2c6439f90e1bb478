import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configurationDocument } from '../../src/config/document.ts';
import { OPTIONS } from '../../src/config/options.ts';

const rows = configurationDocument()
  .split('\n')
  .filter((line) => line.startsWith('| `'));

test('docs/configuration.md is what the option table says', () => {
  const written = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(written, 'docs/configuration.md is stale: run make docs').toBe(configurationDocument());
});

test('every option has one row of four cells', () => {
  expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1]).sort()).toEqual(Object.keys(OPTIONS).sort());
  for (const row of rows) expect(row.split('|')).toHaveLength(6);
});

test('a row says what an unset variable means', () => {
  const standingOf = (name: string) => rows.find((row) => row.includes(`| \`${name}\` |`))?.split(' | ')[1];
  expect(standingOf('POLL_INTERVAL')).toBe('`10s`');
  expect(standingOf('KAFKA_BROKERS')).toBe('**required**');
  expect(standingOf('START_AT')).toBe('none');
});
