import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'vitest';
import {
  type ConnectorEnvironment,
  environmentFor,
  eventually,
  gidsOf,
  runConnector,
} from '../support/connector.ts';
import { keysIn, recordsOf, stateIn } from '../support/topic.ts';
import { simulate, startLive } from './scene.ts';

const committedOf = async (environment: ConnectorEnvironment): Promise<number> => {
  const state = await stateIn(environment.STATE_TOPIC ?? '');
  return Number(state.get(`${environment.CONNECTOR_NAME}/1201234567890123/cursor`)?.events ?? 0);
};

test.concurrent('killed with -9 again and again while catching up from a faulty source, nothing is lost, nothing is there twice, and it progresses', async (context) => {
  const { expect } = context;
  const source = await simulate(context, {
    events: 40_000,
    faults: 0.04,
    offsetLifetimeMs: 3_000,
    latencyMs: 10,
  });
  const environment = environmentFor('kill', source, { ASANA_REQUEST_TIMEOUT: '2s' });
  const slow = { ...environment, ASANA_REQUESTS_PER_MINUTE: '90' };
  let before = 0;
  for (let kill = 0; kill < 5; kill++) {
    const connector = await startLive(context, slow);
    const soFar = before;
    await eventually(
      'more is committed than before the kill',
      async () => (await committedOf(environment)) > soFar,
    );
    connector.kill('SIGKILL');
    await connector.exited;
    before = await committedOf(environment);
    expect(before).toBeGreaterThan(soFar);
  }

  const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);

  expect(exitCode, stderr).toBe(0);
  expect(await keysIn(environment.EVENTS_TOPIC ?? '')).toEqual(gidsOf(source));
  expect((await runConnector(['verify'], environment)).stdout).toContain('  proven: ');
});

test.concurrent('SIGTERM while catching up ends it with 0, with no transaction left open, and the next run goes on', async (context) => {
  const { expect } = context;
  const source = await simulate(context, { events: 20_000 });
  const environment = environmentFor('sigterm', source);
  const slow = { ...environment, ASANA_REQUESTS_PER_MINUTE: '120' };
  const connector = await startLive(context, slow);
  await eventually('something is committed', async () => (await committedOf(environment)) > 0);

  expect(await connector.stop(9_000)).toEqual({ code: 0, signal: null });

  const committed = await committedOf(environment);
  expect(committed).toBeLessThan(20_000);
  expect(await keysIn(environment.EVENTS_TOPIC ?? '')).toHaveLength(committed);
  expect((await runConnector(['run', '--until-caught-up'], environment)).exitCode).toBe(0);
  expect(await keysIn(environment.EVENTS_TOPIC ?? '')).toEqual(gidsOf(source));
});

test.concurrent('killed while live pages overlap, nothing is there twice', async (context) => {
  const { expect } = context;
  const source = await simulate(context, {
    events: 500,
    rate: 200,
    faults: 1,
    faultKinds: ['overlap'],
    pageSize: 50,
  });
  const environment = environmentFor('overlap', source, { POLL_INTERVAL: '50ms' });
  for (let kill = 0; kill < 3; kill++) {
    const connector = await startLive(context, environment);
    const soFar = await committedOf(environment);
    await eventually('live events come', async () => (await committedOf(environment)) > soFar + 300);
    connector.kill('SIGKILL');
    await connector.exited;
  }
  expect((await runConnector(['run', '--until-caught-up'], environment)).exitCode).toBe(0);
  const keys = await keysIn('overlap.events');
  expect(new Set(keys).size).toBe(keys.length);
});

// Before the process listens for signals, one ends it as it ends any other: nothing is begun by then. So it says when it does, and
// whether anything was loaded before.
const SAYS_THAT_IT_LISTENS = `data:text/javascript,${encodeURIComponent(`
  import Module from 'node:module';
  const { on } = process;
  process.on = function (name, ...rest) {
    on.call(this, name, ...rest);
    const loaded = Object.keys(Module._cache).length;
    if (name === 'SIGTERM') process.stderr.write('listens, with ' + loaded + ' packages loaded; ');
    return this;
  };
`)}`;

test.concurrent.for([0, 150, 350, 650])(
  'SIGTERM while it starts, %i ms after it listens, ends it with 0',
  async (afterMs, context) => {
    const { expect } = context;
    const source = await simulate(context, { events: 100 });
    const environment = environmentFor(`early-${afterMs}`, source, {
      NODE_OPTIONS: `--import=${SAYS_THAT_IT_LISTENS}`,
      // With compiled sources it would be up before the last of these times.
      NODE_DISABLE_COMPILE_CACHE: '1',
    });
    const connector = await startLive(context, environment);
    await eventually('it listens', async () => (await connector.log()).includes('listens'));
    await sleep(afterMs);
    expect(await connector.stop(9_000)).toEqual({ code: 0, signal: null });
    expect(await connector.log()).toContain('listens, with 0 packages loaded');
  },
);

test.concurrent('live with offsets that expire between two polls, every event is committed once', async (context) => {
  const { expect } = context;
  const source = await simulate(context, { events: 500, rate: 200, offsetLifetimeMs: 100, ties: 'shuffled' });
  const environment = environmentFor('expired', source, { POLL_INTERVAL: '300ms' });
  const connector = await startLive(context, environment);
  await eventually('live events are committed', async () => (await committedOf(environment)) > 1_500);
  await connector.stop(9_000);

  expect((await runConnector(['run', '--until-caught-up'], environment)).exitCode).toBe(0);

  const keys = await keysIn(environment.EVENTS_TOPIC ?? '');
  expect(new Set(keys).size).toBe(keys.length);
  const { stdout } = await runConnector(['verify'], environment);
  expect(stdout).toContain('missing 0, duplicate 0, altered 0, invented 0');
});

test.concurrent('events that cannot be mapped, or that Kafka refuses, go whole to the dead letters, and the stream goes on', async (context) => {
  const { expect } = context;
  const source = await simulate(context, { events: 3_000, poison: 0.01 });
  const environment = environmentFor('poison', source);

  const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);

  expect(exitCode, stderr).toBe(0);
  const letters = await recordsOf(`${environment.EVENTS_TOPIC}.dead-letters`);
  const published = await keysIn(environment.EVENTS_TOPIC ?? '');
  expect(letters.length).toBeGreaterThan(10);
  expect(published.length + letters.length).toBe(3_000);
  expect(new Set(letters.map(({ headers }) => headers['error.code']))).toContain('refused-by-kafka');
  for (const { key, value, headers } of letters) {
    const { gid } = JSON.parse(String(value));
    expect(key && String(key)).toBe(headers['error.code'] === 'refused-by-kafka' ? gid : null);
    expect(headers['error.message']).toBeTruthy();
  }
  const { stdout } = await runConnector(['verify'], environment);
  expect(stdout).toContain('  proven: ');
});

test.concurrent('changed filters catch up from the watermark, and repeat nothing', async (context) => {
  const { expect } = context;
  const source = await simulate(context, { events: 3_000, rate: 0 });
  const environment = environmentFor('filters', source);
  const filtered = { ...environment, ASANA_EVENT_TYPE: 'user_login_succeeded' };
  await runConnector(['run', '--until-caught-up'], environment);

  const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], filtered);

  expect(exitCode).toBe(0);
  expect(stderr).toContain('"cause":"filters-changed"');
  expect(await keysIn(environment.EVENTS_TOPIC ?? '')).toEqual(gidsOf(source));
});

test.concurrent('of two instances with one name, one ends and says that the other runs, and nothing is there twice', async (context) => {
  const { expect } = context;
  const source = await simulate(context, { events: 2_000, rate: 100 });
  const environment = environmentFor('twins', source);
  const one = await startLive(context, environment);
  const two = await startLive(context, environment);

  const ended = await Promise.race([one.exited.then(() => one), two.exited.then(() => two)]);

  expect((await ended.exited).code).toBe(1);
  expect(await ended.log()).toContain('another instance runs as twins');
  const survivor = ended === one ? two : one;
  const before = await committedOf(environment);
  await eventually('the survivor goes on', async () => (await committedOf(environment)) > before);
  await survivor.stop(9_000);
  const keys = await keysIn(environment.EVENTS_TOPIC ?? '');
  expect(new Set(keys).size).toBe(keys.length);
});
