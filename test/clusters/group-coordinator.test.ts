import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KafkaCluster } from '../../dev/kafka.ts';
import { ClusterView } from '../faults/cluster-view.ts';
import { environmentOn, eventsTopicOf, type Running, runToEnd, stateTopicOf } from '../faults/connector.ts';
import { simulate, startLive } from '../integration/scene.ts';
import { eventually } from '../support/connector.ts';
import { isSettled, runningOn, startsOf, statusOf } from '../support/replica.ts';
import { startThreeBrokers } from '../support/three-brokers.ts';

const NAME = 'coordinated';
const WORKSPACES = Array.from({ length: 6 }, (_, at) => String(1_201_234_567_890_300 + at));
const COMMAND_TIMEOUT_MS = 60_000;
let cluster: KafkaCluster;

beforeAll(async () => {
  cluster = await startThreeBrokers();
});
afterAll(() => cluster?.close());

const owners = (replicas: readonly Running[]) => Promise.all(replicas.map(runningOn));

/** Has every stream committed since? */
async function haveCommitted(replicas: readonly Running[], sinceMs: number): Promise<boolean> {
  const documents = await Promise.all(replicas.map(statusOf));
  const commits = documents.flatMap(
    (each) => each?.streams.map(({ last_commit_at }) => last_commit_at) ?? [],
  );
  return (
    commits.length === WORKSPACES.length && commits.every((at) => at !== null && Date.parse(at) > sinceMs)
  );
}

async function expectStartedOnce(replica: Running, streams: readonly string[]): Promise<void> {
  const starts = await startsOf(replica);
  expect(streams.map((stream) => starts.get(stream))).toEqual(streams.map(() => 1));
}

test('a fleet whose group coordinator is killed with -9 keeps every stream where it is; the group goes on at another broker, and nothing is lost or there twice', async (context) => {
  const source = await simulate(context, { events: 600, rate: 20, workspaces: WORKSPACES });
  const registryUrl = inject('schemaRegistryUrl');
  const where = { name: NAME, asanaUrl: source.baseUrl, brokers: cluster.bootstrapServers, registryUrl };
  const environment = environmentOn(where, {
    MODE: 'distributed',
    ASANA_WORKSPACES: WORKSPACES.join(),
    TOPIC_REPLICATION_FACTOR: '3',
  });
  const first = await startLive(context, environment);
  await eventually('the first runs all', () => isSettled([first], WORKSPACES, 0));
  const second = await startLive(context, environment);
  const third = await startLive(context, environment);
  const fleet = [first, second, third];
  await eventually('three share the streams', () => isSettled(fleet, WORKSPACES, 0));
  const before = await owners(fleet);
  const view = await ClusterView.connect(cluster.bootstrapServers);
  context.onTestFinished(() => view.close());
  const coordinator = await view.groupCoordinatorOf(NAME);
  const broker = cluster.brokers.find(({ id }) => id === coordinator);

  await broker?.kill('SIGKILL');

  const killedMs = Date.now();
  await eventually('another broker coordinates', async () => {
    const now = await view.groupCoordinatorOf(NAME);
    return now !== undefined && now > 0 && now !== coordinator;
  });
  await eventually('every stream commits again', () => haveCommitted(fleet, killedMs));
  expect(await owners(fleet)).toEqual(before);
  for (const [at, streams] of before.entries()) await expectStartedOnce(fleet[at] as Running, streams);

  expect(await third.stop(9_000)).toEqual({ code: 0, signal: null });
  await eventually('two share the streams', () => isSettled([first, second], WORKSPACES, 0));
  for (const [at, replica] of [first, second].entries()) {
    await expectStartedOnce(replica, before[at] ?? []);
    expect(await replica.log()).not.toContain('"id":"group-lost"');
  }

  await broker?.start();
  await view.healthy([eventsTopicOf(NAME), stateTopicOf(NAME)]);
  for (const replica of [first, second]) expect(await replica.stop(9_000)).toEqual({ code: 0, signal: null });
  await source.change({ rate: 0 });
  const alone = { ...environment, MODE: 'standalone' };
  expect((await runToEnd(['run', '--until-caught-up'], alone, COMMAND_TIMEOUT_MS)).exitCode).toBe(0);
  const { stdout } = await runToEnd(['verify'], alone, COMMAND_TIMEOUT_MS);
  expect(stdout).toContain('missing 0, duplicate 0, altered 0, invented 0');
}, 240_000);
