import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  dependenciesDocument,
  type LockedPackages,
  type Manifest,
  REASONS,
  runtimePackages,
} from '../../../dev/docs/dependencies.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const manifest: Manifest & { devDependencies: Record<string, string> } = JSON.parse(read('package.json'));
const lock: { packages: LockedPackages } = JSON.parse(read('package-lock.json'));
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const ALLOWED = ['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT'];

test('docs/dependencies.md is what the lock says', () => {
  expect(read('docs/dependencies.md'), 'docs/dependencies.md is stale: run make docs').toBe(
    dependenciesDocument(lock.packages),
  );
});

test('every package that package.json names has a reason, and no other one has', () => {
  const named = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  expect(Object.keys(REASONS).sort()).toEqual(named.sort());
});

test('every other package is needed by one of them', () => {
  const others = runtimePackages(lock.packages).filter(({ name }) => !(name in REASONS));
  expect(others.length).toBeGreaterThan(0);
  expect(others.filter(({ neededBy }) => neededBy.length === 0)).toEqual([]);
});

test('every licence is one that a product may be shipped with', () => {
  const refused = runtimePackages(lock.packages).filter(({ license = '' }) => !ALLOWED.includes(license));
  expect(refused).toEqual([]);
});

test('every version is exact, and the one of the lock', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  for (const [name, version] of wanted) {
    expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+$/);
    expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
  }
});

test('every file of the lock has a hash, and comes from the registry', () => {
  const unhashed = locked.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'));
  expect(unhashed).toEqual([]);
  expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

describe('no install script runs', () => {
  test('as npm is told by .npmrc, which the image is built with as well', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
    const [beforeInstall] = read('Dockerfile').split('npm ci');
    expect(beforeInstall).toMatch(/^COPY .*\.npmrc /m);
  });

  test('and by nobody else', () => {
    for (const file of ['Makefile', 'Dockerfile', 'dev/setup.sh', '.ci/run'])
      expect(read(file)).not.toMatch(/ignore-scripts|npm rebuild|npm run/);
  });

  test('of those at run time, one package has one at all', () => {
    const withScript = locked.filter(([, { dev, hasInstallScript }]) => !dev && hasInstallScript);
    expect(withScript.map(([path]) => path)).toEqual(['node_modules/protobufjs']);
  });
});
