import { chmod, cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../dev/command.ts';

const SCRIPT = join(import.meta.dirname, '../../dev/test-containers.sh');

/** The script in a folder of its own, beside an engine that does what `engine` says. */
async function runBeside(engine: string, env: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'engine-'));
  for (const each of ['checkout/dev', 'shared/docker', 'bin'])
    await mkdir(join(folder, each), { recursive: true });
  const script = join(folder, 'checkout/dev/test-containers.sh');
  await cp(SCRIPT, script);
  await writeFile(join(folder, 'shared/docker/engine'), engine);
  const make = join(folder, 'bin/make');
  await writeFile(make, '#!/bin/sh\necho "make $*"\n');
  await chmod(make, 0o755);
  const path = `${join(folder, 'bin')}:${process.env.PATH}`;
  return runCommand({ command: 'bash', args: [script], env: { PATH: path, ...env }, timeoutMs: 20_000 });
}

test('an engine that starts has the tests run on it', async () => {
  const { exitCode, stdout } = await runBeside('echo "engine $*" >&2\n', { REQUIRE_ENGINE: '1' });
  expect([exitCode, stdout]).toEqual([0, 'make test-containers\n']);
});

test.each([
  ['does not start', '[ "$1" != up ]\n'],
  ['cannot make the images', '[ "$1" != images ]\n'],
  ['cannot make docker compose', '[ "$1" != compose ]\n'],
])('an engine that %s is a line, and where one is required a failure', async (what, engine) => {
  const free = await runBeside(engine, {});
  expect([free.exitCode, free.stdout]).toEqual([
    0,
    expect.stringMatching(`^test-containers: skipped.*${what}`),
  ]);
  const required = await runBeside(engine, { REQUIRE_ENGINE: '1' });
  expect([required.exitCode, required.stderr]).toEqual([1, expect.stringContaining(what)]);
});
