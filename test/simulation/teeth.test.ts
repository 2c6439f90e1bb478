import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runChild } from './child.ts';
import { FLEETS, LONERS } from './plan.ts';
import { type Edit, PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const SEEDS = 500;
const TIMEOUT_MS = 900_000;
/** What a run needs; below the repository, so that packages are found. */
const COPIED = ['package.json', 'src', 'simulator', 'schemas', 'dev', 'test/simulation', 'test/group'];

let folder: string;
beforeAll(async () => {
  await mkdir(join(REPOSITORY, '.cache'), { recursive: true });
  folder = await mkdtemp(join(REPOSITORY, '.cache/teeth-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the sources with the bug in it. */
async function plant({ edits }: PlantedBug, name: string): Promise<string> {
  const root = join(folder, name);
  for (const each of COPIED) await cp(join(REPOSITORY, each), join(root, each), { recursive: true });
  for (const edit of edits) await apply(edit, join(root, 'src', edit.file));
  return root;
}

async function apply({ find, replace }: Edit, file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text.split(find).length - 1, `occurrences of ${JSON.stringify(find)} in ${file}`).toBe(1);
  await writeFile(
    file,
    text.replace(find, () => replace),
  );
}

// The project in vitest.config.ts says how many at a time. The next begins where any has ended: they take from a second to many.
describe.concurrent('the simulation catches', () => {
  test.for(PLANTED_BUGS.map((bug, at) => [bug.name, bug.caughtBy, bug, at] as const))(
    '%s, by %s',
    { timeout: TIMEOUT_MS },
    async ([, caughtBy, bug, at], { expect }) => {
      const root = await plant(bug, String(at));
      const seeds = bug.seeds === 'fleets' ? FLEETS : LONERS;
      const count = Math.floor(SEEDS / seeds.step);
      const run = { ...seeds, count, until: caughtBy, root, timeoutMs: TIMEOUT_MS };
      const result = await runChild(run);
      const found = new Set(
        result.failures.flatMap(({ violations }) => violations.map(({ invariant }) => invariant)),
      );
      expect([...found], `violated within ${result.runs} seeds`).toContain(caughtBy);
    },
  );
});
