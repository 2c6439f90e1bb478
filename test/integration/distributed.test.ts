import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, type TestContext, test } from 'vitest';
import { type ConnectorEnvironment, environmentFor, eventually, runConnector } from '../support/connector.ts';
import { isReady, isSettled, runningOn, startsOf, statusOf, urlOf } from '../support/replica.ts';
import { newerConnector } from './newer-connector.ts';
import { type Ending, type Source, simulate, startLive } from './scene.ts';

const SESSION_MS = 6_000;
// With these, each stream has a partition of its own: where two share one, the spread may have to move a stream that runs.
const WORKSPACES = Array.from({ length: 6 }, (_, at) => String(1_201_234_567_890_200 + at));

function environmentOfGroup(name: string, source: Source): ConnectorEnvironment {
  return environmentFor(name, source, {
    MODE: 'distributed',
    GROUP_SESSION_TIMEOUT: `${SESSION_MS}ms`,
    STATE_TOPIC_PARTITIONS: '48',
  });
}

async function follow(context: Ending, name: string, workspaces = WORKSPACES) {
  const source = await simulate(context, { events: 600, rate: 20, workspaces });
  const environment = environmentOfGroup(name, source);
  return { source, environment, start: () => startLive(context, environment) };
}

/** Stops the source, and everything is in the topic once. */
async function expectExactlyOnce(source: Source, environment: ConnectorEnvironment) {
  await source.change({ rate: 0 });
  const alone = { ...environment, MODE: 'standalone' };
  const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], alone);
  expect(exitCode, stderr).toBe(0);
  const { stdout } = await runConnector(['verify'], environment);
  expect(stdout).toContain('missing 0, duplicate 0, altered 0, invented 0');
}

test('replicas share the streams; one that joins, leaves, or is killed moves no more than it has to, and nothing is lost or there twice', async (context) => {
  const { source, environment, start } = await follow(context, 'distributed');
  const first = await start();
  await eventually('the first runs all', () => isSettled([first], WORKSPACES, 0));

  const second = await start();
  await eventually('two share them', () => isSettled([first, second], WORKSPACES, 1));
  const third = await start();
  await eventually('three share them', () => isSettled([first, second, third], WORKSPACES, 1));
  const stayed = await runningOn(first);
  const sessions = await startsOf(first);
  for (const stream of stayed) expect(sessions.get(stream), `starts of ${stream}`).toBe(1);

  expect(await second.stop(9_000)).toEqual({ code: 0, signal: null });
  await eventually('those of one that left are taken over', () => isSettled([first, third], WORKSPACES, 1));

  const killedMs = performance.now();
  third.kill('SIGKILL');
  await third.exited;
  await eventually('those of one that was killed are taken over', () => isSettled([first], WORKSPACES, 0));
  expect(performance.now() - killedMs).toBeLessThan(SESSION_MS + 10_000);
  for (const stream of stayed) expect((await startsOf(first)).get(stream), `starts of ${stream}`).toBe(1);

  const status = await runConnector(['status', '--url', String(await urlOf(first))], environment);
  expect(status.stdout).toContain(`runs ${WORKSPACES.length} streams`);
  expect(await first.stop(9_000)).toEqual({ code: 0, signal: null });
  await expectExactlyOnce(source, environment);
});

test('a replica that stood still while its streams were taken over gets nothing through, gives them up, and takes its part again', async (context) => {
  const { source, environment, start } = await follow(context, 'standstill');
  const zombie = await start();
  const successor = await start();
  await eventually('both run some', () => isSettled([zombie, successor], WORKSPACES, 1));

  zombie.kill('SIGSTOP');
  await eventually('the other runs all', () => isSettled([successor], WORKSPACES, 0));
  const before = await successor.committedEvents();
  await eventually('and commits', async () => Number(await successor.committedEvents()) > Number(before));
  zombie.kill('SIGCONT');
  await eventually('both run some again', () => isSettled([zombie, successor], WORKSPACES, 1));

  const log = await zombie.log();
  expect(log).toContain('"id":"group-lost"');
  expect(log).not.toContain('ANOTHER_INSTANCE');
  expect(await successor.log()).not.toContain('KAFKA_FENCED');
  for (const replica of [zombie, successor])
    expect(await replica.stop(9_000)).toEqual({ code: 0, signal: null });
  await expectExactlyOnce(source, environment);
});

test('replicas that share a token keep to its budget together', async (context) => {
  const requestsPerMinute = 240;
  const source = await simulate(context, {
    events: 600,
    rate: 20,
    workspaces: WORKSPACES,
    requestsPerMinute,
  });
  const environment = {
    ...environmentOfGroup('budget', source),
    ASANA_REQUESTS_PER_MINUTE: String(requestsPerMinute),
  };
  const first = await startLive(context, environment);
  await eventually('the first runs all', () => isSettled([first], WORKSPACES, 0));
  const second = await startLive(context, environment);
  await eventually('two share them', () => isSettled([first, second], WORKSPACES, 1));

  const startedMs = performance.now();
  const { requests } = await source.status();
  await eventually('a quarter of a minute of requests has come', async () => {
    return (await source.status()).requests >= requests + requestsPerMinute / 4;
  });
  // Each with the whole of it would have taken half of that.
  expect(performance.now() - startedMs).toBeGreaterThan(12_000);
  expect((await source.status()).refused).toBe(0);
});

test('a rollout adds workspaces with the first replica that has them, and removes one with the last', async (context) => {
  const { source, environment } = await follow(context, 'rollout');
  const [before, after] = [WORKSPACES.slice(0, 2), WORKSPACES.slice(1)];
  const withWorkspaces = (workspaces: readonly string[]) =>
    startLive(context, { ...environment, ASANA_WORKSPACES: workspaces.join() });
  const old = await withWorkspaces(before);
  await eventually('the old one runs what it has', () => isSettled([old], before, 0));
  const rolledOut = await withWorkspaces(after);
  await eventually('between them, they run all', () => isSettled([old, rolledOut], WORKSPACES, 2));

  expect(await old.stop(9_000)).toEqual({ code: 0, signal: null });
  await eventually('the new one runs what it has', () => isSettled([rolledOut], after, 0));
  expect(await rolledOut.stop(9_000)).toEqual({ code: 0, signal: null });
  await expectExactlyOnce(source, environment);
});

test('more replicas than streams: the one that has none is ready, says who runs them, and takes over', async (context) => {
  const [workspace = ''] = WORKSPACES;
  const { start } = await follow(context, 'standby', [workspace]);
  const owner = await start();
  await eventually('it runs its stream', () => isSettled([owner], [workspace], 0));
  const standby = await start();

  await eventually('it is ready', () => isReady(standby));
  const status = await statusOf(standby);
  expect(status).toMatchObject({ ok: true, streams: [], group: { state: 'member', unassigned: [] } });
  expect(status?.group?.replicas.map(({ streams }) => streams)).toEqual(
    expect.arrayContaining([[workspace], []]),
  );
  expect(await owner.stop(9_000)).toEqual({ code: 0, signal: null });
  await eventually('it has taken over', () => isSettled([standby], [workspace], 0));
});

/** A consumer of somebody else's in the group. */
async function joinAsAnother({ onTestFinished }: TestContext, groupId: string, topic: string): Promise<void> {
  const kafka = new Kafka({ brokers: inject('kafkaBrokers').split(','), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId });
  onTestFinished(() => consumer.disconnect());
  const { promise: joined, resolve } = Promise.withResolvers<void>();
  consumer.on('consumer.group_join', () => resolve());
  await consumer.subscribe({ topic });
  await consumer.run({ eachMessage: async () => {} });
  await joined;
}

test('what the group refuses ends a replica, with what to do', async (context) => {
  const { environment } = await follow(context, 'refused', WORKSPACES.slice(0, 1));
  const short = await runConnector(['run'], { ...environment, GROUP_SESSION_TIMEOUT: '1s' });
  expect(short.stderr).toMatch(
    /KAFKA_SETTINGS_REFUSED.*GROUP_SESSION_TIMEOUT is 1 s.*group\.min\.session\.timeout\.ms/,
  );

  await joinAsAnother(context, 'refused', environment.STATE_TOPIC ?? '');
  const beside = await runConnector(['run'], environment);
  expect(beside.stderr).toMatch(
    /GROUP_UNREADABLE.*joining the group refused: it has members of another kind/,
  );

  const once = await runConnector(['run', '--until-caught-up'], environment);
  expect(once.stderr).toMatch(/CONFIG_INVALID.*--until-caught-up: only with MODE=standalone/);
  expect([short.exitCode, beside.exitCode, once.exitCode]).toEqual([1, 1, 2]);
});

test('a defect in what watches the streams ends a replica in order, with a last line that says why', async (context) => {
  const find = 'for (const [budget, streamsOfToken] of budgets) {';
  const replace = `if (running.size > 0) throw new TypeError('a defect');\n${find}`;
  const broken = await newerConnector([['src/run-distributed.ts', find, replace]]);
  const { environment } = await follow(context, 'broken', WORKSPACES.slice(0, 1));

  const { exitCode, stderr } = await broken(['run'], environment);

  const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ id: 'stopped', exit_code: 1, code: 'INTERNAL', error: 'a defect' });
  expect(exitCode).toBe(1);
});
