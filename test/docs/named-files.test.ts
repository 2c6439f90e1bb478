import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const NAMED = /`((?:src|test)\/[\w/.-]+)`/g;

test.each(['docs/threat-model.md', 'docs/privacy.md'])(
  'every test and source that %s names is there',
  (page) => {
    const names = [...readFileSync(new URL(page, root), 'utf8').matchAll(NAMED)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
  },
);
