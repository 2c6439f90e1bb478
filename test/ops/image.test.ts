import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const dockerfile = read('Dockerfile');

test('the image has the version of the package unless told otherwise', () => {
  expect(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1]).toBe(JSON.parse(read('package.json')).version);
  expect(read('ops/kubernetes/deployment.yaml')).toContain(
    `image: asana-audit-kafka:${JSON.parse(read('package.json')).version}\n`,
  );
});

test('all that is copied from the checkout is let through by .dockerignore, and nothing else is', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, sources = '']) => sources.split(' '))
    .map((path) => path.replace(/\/$/, ''));
  const [first, ...lines] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  expect(first).toBe('*');
  expect(lines.map((line) => line.slice(1)).sort()).toEqual([...new Set(copied)].sort());
  expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('Node has the options there that the launcher gives it', () => {
  const [, launched = ''] = /^exec "\$node" (.*) "\$root/m.exec(read('bin/asana-audit-kafka')) ?? [];
  // One that NODE_OPTIONS may not hold stands where the script says what runs it.
  const [, alone = ''] = /#!\/usr\/local\/bin\/node ([^\s\\]+)\\n/.exec(dockerfile) ?? [];
  const [, inEnvironment = ''] = /NODE_OPTIONS="(.*)"/.exec(dockerfile) ?? [];
  expect(launched).toContain('--');
  expect(`${inEnvironment} ${alone}`).toBe(launched);
});

test('it is built on the Node that the checkout runs on, without what only BuildKit knows', () => {
  const { engines } = JSON.parse(read('package.json'));
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(new Set(bases)).toEqual(
    new Set([`node:${engines.node.replace('>=', '')}-bookworm-slim`, 'scratch']),
  );
  expect(dockerfile).not.toMatch(/RUN --mount|COPY --(link|chmod)|<<|^# syntax=/m);
});
