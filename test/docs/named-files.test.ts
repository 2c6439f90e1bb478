import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const NAMED = /`((?:src|test)\/[\w/.-]+)`/g;

test.each([
  'docs/threat-model.md',
  'docs/kafka-security.md',
  'docs/privacy.md',
  'docs/upgrading.md',
  'docs/dependencies.md',
  'docs/adr/0001-kafkajs-behind-a-port.md',
  'docs/adr/0010-few-packages-at-run-time.md',
])('every test and source that %s names is there', (page) => {
  const names = [...readFileSync(new URL(page, root), 'utf8').matchAll(NAMED)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(1);
  expect(names.filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
});
