import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { logsDocument } from '../../../dev/docs/logs.ts';
import { LOG_LINES } from '../../../src/log-lines.ts';

const page = logsDocument();

test('docs/logs.md is what the code says', () => {
  const written = readFileSync(new URL('../../../docs/logs.md', import.meta.url), 'utf8');
  expect(written, 'docs/logs.md is stale: run make docs').toBe(page);
});

test('every id has one row of four cells', () => {
  for (const id of Object.keys(LOG_LINES)) {
    const rows = page.split('\n').filter((line) => line.startsWith(`| \`${id}\` |`));
    expect(rows.map((row) => row.split(' | ').length)).toEqual([4]);
  }
});
