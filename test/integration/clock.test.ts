import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { timeToNextCommit } from '../faults/progress.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn } from '../support/topic.ts';
import { createTopic, simulate, startLive } from './scene.ts';

const HOUR_MS = 3_600_000;
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'wall-clock.ts')).href;
const COMMIT_TIMEOUT_MS = 30_000;
const SWEEPING = { SWEEP_INTERVAL: '1s', SWEEP_LOOKBACK: '4s' };

test('a wall clock that jumps an hour and more, forward and back, or gains and loses ten percent, costs neither an event nor the stream', async (context) => {
  const source = await simulate(context, { events: 1_000, rate: 50, poison: 0.01, offsetLifetimeMs: 3_000 });
  const file = join(await mkdtemp(join(tmpdir(), 'clock-')), 'ahead');
  const setClock = (aheadMs: number, gainMs = 0) => writeFile(file, `${aheadMs} ${gainMs}`);
  const environment = environmentFor('clock', source, {
    ...SWEEPING,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    WALL_CLOCK_FILE: file,
  });
  await setClock(0);
  let connector = await startLive(context, environment);
  await timeToNextCommit(connector, 'with the right time', COMMIT_TIMEOUT_MS);
  const goesOn = (what: string) => timeToNextCommit(connector, what, COMMIT_TIMEOUT_MS);

  for (const aheadHours of [1.1, -1.1, 0]) {
    await setClock(aheadHours * HOUR_MS);
    // What was under way when it jumped may still count.
    await goesOn(`after a jump to ${aheadHours} h ahead`);
    await goesOn(`${aheadHours} h ahead`);
  }
  for (const gainMs of [100, -100]) {
    await setClock(0, gainMs);
    await goesOn(`while the clock gains ${gainMs} ms a second`);
    await goesOn(`while the clock gains ${gainMs} ms a second`);
  }
  for (const aheadHours of [1.1, -1.1]) {
    connector.kill('SIGKILL');
    await connector.exited;
    await setClock(aheadHours * HOUR_MS);
    connector = await startLive(context, environment);
    await goesOn(`after a start ${aheadHours} h ahead`);
  }
  await source.change({ rate: 0 });
  const letters = 'clock.events.dead-letters';
  await eventually('everything is there', async () => {
    return (await keysIn('clock.events')).length + (await keysIn(letters)).length >= gidsOf(source).length;
  });
  expect(await connector.stop(9_000)).toMatchObject({ code: 0 });

  const { stdout } = await runConnector(['verify'], environmentFor('clock', source));
  expect(stdout).toContain('missing 0, duplicate 0, altered 0, invented 0');
});

test('where somebody else made the state topic, and Kafka refuses what is dated an hour ahead, the stream halts and says that it is the clock', async (context) => {
  const source = await simulate(context, { events: 100 });
  const file = join(await mkdtemp(join(tmpdir(), 'clock-')), 'ahead');
  await writeFile(file, String(1.1 * HOUR_MS));
  await createTopic('clock-refused.state', 1, { 'cleanup.policy': 'compact' });
  const environment = environmentFor('clock-refused', source);

  const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], {
    ...environment,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    WALL_CLOCK_FILE: file,
  });

  expect(stderr).toMatch(/timestamp .+ \(STATE_REFUSED\); next step: .+ set the clock of this machine/);
  expect(exitCode).toBe(1);
  expect(await keysIn('clock-refused.events')).toEqual([]);
});
