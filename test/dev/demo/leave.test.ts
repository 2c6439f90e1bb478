import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../../dev/wait.ts';

const DEMO = join(import.meta.dirname, '../../../dev/demo.ts');

test('a second Ctrl-C ends the demo at once, says so, and leaves nothing in the temporary folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const demo = spawn(process.execPath, [DEMO, '--events', '10'], { env: { ...process.env, TMPDIR: folder } });
  const ended = once(demo, 'exit');
  const errors = text(demo.stderr);
  // It has made its folder when it says its first line.
  await once(demo.stdout, 'data');
  expect(await readdir(folder)).toHaveLength(1);

  // Right after one another, so that the first has not ended it yet; two, because the system makes one of two equal ones.
  demo.kill('SIGINT');
  demo.kill('SIGTERM');

  expect(await ended).toEqual([130, null]);
  expect(await errors).toBe(
    'ended at once: nothing is proven; what was started ends, and its data are removed\n',
  );
  await waitUntil(async () => ((await readdir(folder)).length === 0 ? true : undefined), {
    what: 'an empty folder',
    timeoutMs: 10_000,
  });
});
