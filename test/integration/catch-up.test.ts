import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { environmentFor, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn } from '../support/topic.ts';

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

const backlog = (options: Partial<SimulatorOptions>) => ({
  events: 12_000,
  days: 80,
  rate: 0,
  requestsPerMinute: 0,
  ...options,
});

describe('a backlog arrives exactly once', () => {
  test.each<[string, Partial<SimulatorOptions>]>([
    ['from-a-source-as-documented', {}],
    ['in-pages-of-100', { pageSize: 100 }],
    ['with-3000-events-in-each-millisecond', { eventsPerMillisecond: 3_000 }],
    [
      'with-3000-events-in-each-of-consecutive-milliseconds',
      { eventsPerMillisecond: 3_000, milliseconds: 'consecutive', days: 2 },
    ],
    ['with-next-page-only-where-limit-was-sent', { nextPage: 'with-limit' }],
    [
      'with-next-page-only-where-limit-was-sent-and-3000-a-millisecond',
      { nextPage: 'with-limit', eventsPerMillisecond: 3_000 },
    ],
    ['with-next-page-null-at-the-end', { nextPage: 'until-exhausted' }],
    ['with-both', { nextPage: 'with-limit-until-exhausted', events: 3_000 }],
    [
      'with-offsets-that-are-expired-when-they-come',
      { offsetLifetimeMs: 1, latencyMs: 5, events: 2_000, pageSize: 500 },
    ],
    ['without-a-date-header', { dateHeader: false }],
    ['with-a-clock-five-minutes-behind', { clockSkewMs: -300_000 }],
  ])('%s', async (name, options) => {
    simulator = await startSimulator(backlog(options));
    const environment = environmentFor(`catch-up-${name}`, simulator);

    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);

    expect(exitCode, stderr).toBe(0);
    expect(await keysIn(`${environment.CONNECTOR_NAME}.events`)).toEqual(gidsOf(simulator));
  });
});

test('verify proves what run has done, on the events themselves', async () => {
  simulator = await startSimulator(backlog({ events: 3_000, bigIntegers: 0.02, unknownFields: 0.2 }));
  const environment = environmentFor('verify-proves', simulator);
  await runConnector(['run', '--until-caught-up'], environment);

  const { exitCode, stdout } = await runConnector(['verify'], environment);

  expect(stdout).toContain('Asana 3,000 events, Kafka 3,000 records');
  expect(stdout).toContain('missing 0, duplicate 0, altered 0, invented 0');
  expect(exitCode).toBe(0);
});

test('two workspaces, one with filters applied to both, are two streams of one process', async () => {
  const workspaces = ['1111', '2222'];
  simulator = await startSimulator(backlog({ events: 2_000, workspaces, token: '1111:one,2222:two' }));
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  await writeFile(`${folder}/one`, 'one\n', { mode: 0o600 });
  await writeFile(`${folder}/two`, 'two\n', { mode: 0o600 });
  const { ASANA_TOKEN: _, ...rest } = environmentFor('two-workspaces', simulator);
  const environment = {
    ...rest,
    ASANA_TOKEN_FILE: `${folder}/one`,
    ASANA_TOKEN_FILE_2222: `${folder}/two`,
    ASANA_EVENT_TYPE: 'user_login_succeeded',
  };

  const ran = await runConnector(['run', '--until-caught-up'], environment);
  const verified = await runConnector(['verify'], environment);

  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(verified.stdout.match(/proven: every event exactly once/g)).toHaveLength(2);
});

test('END_AT ends the run there, and START_AT is where it began', async () => {
  simulator = await startSimulator(backlog({ events: 4_000 }));
  const all = [...simulator.truth()];
  const [startAt, endAt] = [all[1_000]?.created_at ?? '', all[3_000]?.created_at ?? ''];
  const environment = environmentFor('start-and-end', simulator, { START_AT: startAt, END_AT: endAt });

  const { exitCode } = await runConnector(['run'], environment);

  expect(exitCode).toBe(0);
  const expected = all.filter(({ created_at }) => created_at >= startAt && created_at < endAt);
  // At once: Kafka acknowledges a commit before its markers are in all partitions, and the end of a run waits for them.
  expect(await keysIn(`${environment.CONNECTOR_NAME}.events`)).toEqual(expected.map(({ gid }) => gid).sort());
  expect((await runConnector(['run'], environment)).exitCode).toBe(0);
});
