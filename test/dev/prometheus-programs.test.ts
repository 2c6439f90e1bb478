import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPrometheus } from '../../dev/prometheus/programs.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function putPrograms(folder: string, ...names: string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    await writeFile(join(folder, name), '');
    await chmod(join(folder, name), 0o755);
  }
}

test('what make setup has unpacked is used before what is on the PATH, with its web pages', async () => {
  const [unpacked, onPath] = [await makeFolder(), await makeFolder()];
  await putPrograms(join(unpacked, 'bin'), 'prometheus', 'promtool');
  await putPrograms(onPath, 'prometheus', 'promtool');
  expect(findPrometheus(unpacked, onPath)).toEqual({
    prometheus: join(unpacked, 'bin/prometheus'),
    promtool: join(unpacked, 'bin/promtool'),
    args: [`--web.local-assets=${join(unpacked, 'share/prometheus/web/')}`],
  });
});

test('on the PATH, the two programs may be in different folders', async () => {
  const [first, second] = [await makeFolder(), await makeFolder()];
  await putPrograms(first, 'promtool');
  await putPrograms(second, 'prometheus');
  expect(findPrometheus('/nowhere', [first, second].join(delimiter))).toEqual({
    prometheus: join(second, 'prometheus'),
    promtool: join(first, 'promtool'),
    args: [],
  });
});

test('one of the two is as good as none, and so is one that cannot be executed', async () => {
  const folder = await makeFolder();
  await putPrograms(folder, 'prometheus');
  await writeFile(join(folder, 'promtool'), '', { mode: 0o644 });
  expect(findPrometheus('/nowhere', folder)).toBeUndefined();
  expect(findPrometheus('/nowhere', '')).toBeUndefined();
});
