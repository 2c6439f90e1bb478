import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { explainFailedStart, PortTakenError, startInFolder } from '../../dev/start.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'start-test-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const options = () => ({ name: 'thing', parent, log: () => undefined });

test('a start on a port that was taken is tried again in a new folder', async () => {
  const failures = [new PortTakenError('taken')];

  const folder = await startInFolder(options(), async (folder) => {
    const failure = failures.pop();
    if (failure) throw failure;
    return folder;
  });

  expect(existsSync(folder)).toBe(true);
  expect(readdirSync(parent)).toHaveLength(1);
});

test('any other failure is final, and leaves no folder', async () => {
  const failure = new Error('broken');
  let starts = 0;

  const start = startInFolder(options(), async () => {
    starts++;
    throw failure;
  });

  await expect(start).rejects.toBe(failure);
  expect(starts).toBe(1);
  expect(readdirSync(parent)).toEqual([]);
});

test('a failed start is explained by the end of its log, which also tells a taken port', () => {
  const log = 'first line\nCaused by: java.net.BindException: Address already in use\n';

  const error = explainFailedStart(new Error('it ended'), '/logs/it.log', log);

  expect(error).toBeInstanceOf(PortTakenError);
  expect(error.message).toBe(`it ended\n--- the end of /logs/it.log:\n${log.trimEnd()}`);
  expect(explainFailedStart(new Error('it ended'), '/logs/it.log', 'boom')).not.toBeInstanceOf(
    PortTakenError,
  );
});
