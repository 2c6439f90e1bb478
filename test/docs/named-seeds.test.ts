import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REGRESSIONS } from '../simulation/regressions.ts';

const PAGE = join(import.meta.dirname, '../../docs/guarantees.md');

test('every seed that docs/guarantees.md says has failed is run again by every test', async () => {
  const [, table = ''] = (await readFile(PAGE, 'utf8')).split('| seeds | what happened | |');
  const rows = table.slice(0, table.indexOf('\n\n')).matchAll(/^\| (\d[^|]*)\|/gm);
  const named = [...rows].flatMap(([, cell = '']) => cell.match(/\b\d{1,5}\b/g) ?? []).map(Number);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((seed) => !REGRESSIONS.has(seed))).toEqual([]);
});
