import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { docker, tryDocker } from './docker.ts';
import { runInImage } from './in-image.ts';

const read = (path: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'));

/** Answers from a Node inside, which has no other program to ask. */
async function askInside(script: string) {
  return JSON.parse(await docker(['run', '--rm', '--entrypoint=node', inject('image'), '-p', script]));
}

/** Name and version of every package of the lock that a connector needs; optional is Node itself. */
function productionPackages(): string[] {
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { version: string; dev?: true; optional?: true; peer?: true }>;
  };
  return Object.entries(packages)
    .filter(([path, { dev, optional, peer }]) => path !== '' && !dev && !optional && !peer)
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
    .sort();
}

test('says the version of the checkout, in its label and from its command', async () => {
  const { version } = read('package.json');
  const [{ Config }] = JSON.parse(await docker(['image', 'inspect', inject('image')]));

  expect((await runInImage(['--version'])).stdout).toBe(`${version}\n`);
  expect(Config.Labels['org.opencontainers.image.version']).toBe(version);
  expect(Config.Labels['org.opencontainers.image.licenses']).toBe('Apache-2.0');
});

test('has two programs, no shell and no npm, and nothing that its user may write to', async () => {
  const script = `
    const walk = (folder) => fs.readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !/^\\/(proc|sys|dev)/.test(entry.parentPath) && !entry.isSymbolicLink())
      .map((entry) => [entry.parentPath + '/' + entry.name, entry]);
    const has = (file, mode) => { try { fs.accessSync(file, mode); return true } catch { return false } };
    const all = ['/app', '/etc', '/lib', '/lib64', '/usr', '/var'].filter((folder) => fs.existsSync(folder)).flatMap(walk);
    JSON.stringify({
      top: fs.readdirSync('/').sort(),
      user: [process.getuid(), process.getgid()],
      programs: all.filter(([file, entry]) => entry.isFile() && /\\/s?bin\\//.test(file) && has(file, fs.constants.X_OK)).map(([file]) => file),
      writable: all.filter(([file]) => has(file, fs.constants.W_OK)).map(([file]) => file),
    })`;
  const { user, programs, writable, top } = await askInside(script);

  expect(user).toEqual([65532, 65532]);
  expect(programs.filter((file: string) => !file.startsWith('/app/node_modules/')).sort()).toEqual([
    '/usr/local/bin/asana-audit-kafka',
    '/usr/local/bin/node',
  ]);
  expect(writable).toEqual([]);
  expect(top).not.toContain('bin');
  const shell = await tryDocker(['run', '--rm', '--entrypoint=sh', inject('image'), '-c', 'true']);
  expect(shell.exitCode).toBe(127);
});

test('is Node, and less than 30 MB besides', async () => {
  const [{ Size }] = JSON.parse(await docker(['image', 'inspect', inject('image')]));
  const nodeBytes = await askInside(`fs.statSync('/usr/local/bin/node').size`);

  expect(nodeBytes).toBeGreaterThan(50_000_000);
  expect(Size).toBeGreaterThan(nodeBytes);
  expect(Size - nodeBytes).toBeLessThan(30_000_000);
});

test('its bill of materials and its packages are the production packages of the lock, and no others', async () => {
  const { sbom, installed } = await askInside(`JSON.stringify({
    sbom: JSON.parse(fs.readFileSync('/app/sbom.cdx.json', 'utf8')),
    installed: JSON.parse(fs.readFileSync('/app/node_modules/.package-lock.json', 'utf8')).packages,
  })`);
  const components: { name: string; group?: string; version: string }[] = sbom.components;

  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { type: 'application' } } });
  const listed = components.map(
    ({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`,
  );
  expect(listed.sort()).toEqual(productionPackages());
  expect(Object.keys(installed)).toHaveLength(productionPackages().length);
});

test('a wrong configuration ends it with 2, and says all that is wrong', async () => {
  const { exitCode, stderr } = await runInImage([], { KAFKA_BROKERS: 'kafka' });

  expect(exitCode).toBe(2);
  expect(stderr).toContain('KAFKA_BROKERS: expected host:port');
  expect(stderr).toContain('ASANA_WORKSPACES is not set');
});
