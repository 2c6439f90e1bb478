import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KafkaCluster } from '../../dev/kafka.ts';
import { ClusterView } from '../faults/cluster-view.ts';
import { environmentOn, runToEnd } from '../faults/connector.ts';
import { timeToNextCommit } from '../faults/progress.ts';
import { administer, metricOf, setTopic, simulate, startLive } from '../integration/scene.ts';
import { eventually } from '../support/connector.ts';
import { startThreeBrokers } from '../support/three-brokers.ts';

const COMMIT_TIMEOUT_MS = 60_000;
const NAME = 'replicas';
/** What a session ends with differs: by the sends of a page or the broker that is gone, by the markers of a commit, by both. */
const ENDINGS = ['KAFKA_UNAVAILABLE', 'KAFKA_OUTCOME_UNKNOWN', 'KAFKA_TRANSACTION_TIMEOUT'];
let cluster: KafkaCluster;

beforeAll(async () => {
  cluster = await startThreeBrokers();
});
afterAll(() => cluster?.close());

/** The controller that leads the quorum; what a broker's metadata call the controller is any broker. */
async function activeController(): Promise<number> {
  const { stdout } = await cluster.runTool('org.apache.kafka.tools.MetadataQuorumCommand', [
    ...['--bootstrap-server', cluster.bootstrapServers, 'describe', '--status'],
  ]);
  return Number(/LeaderId:\s+(\d+)/.exec(stdout)?.[1]);
}

test('while fewer replicas are in sync than Kafka asks for, because the active controller was killed, the connector waits with new sessions; it goes on once they are back, and nothing is lost or there twice', async (context) => {
  const source = await simulate(context, { events: 1_000, rate: 50 });
  const registryUrl = inject('schemaRegistryUrl');
  const where = { name: NAME, asanaUrl: source.baseUrl, brokers: cluster.bootstrapServers, registryUrl };
  const environment = environmentOn(where, { TOPIC_REPLICATION_FACTOR: '3' });
  const connector = await startLive(context, environment);
  await timeToNextCommit(connector, 'before anything is broken', COMMIT_TIMEOUT_MS);
  await setTopic(
    `${NAME}.events`,
    { 'min.insync.replicas': '3', 'retention.ms': '-1' },
    cluster.bootstrapServers,
  );
  const controller = await activeController();
  const broker = cluster.brokers.find(({ id }) => id === controller);

  await broker?.kill('SIGKILL');

  const sessions = async () => metricOf(connector, 'asana_audit_sessions_started_total');
  await eventually('too few replicas are in sync', async () => {
    const { topics } = await administer(
      (admin) => admin.fetchTopicMetadata({ topics: [`${NAME}.events`] }),
      cluster.bootstrapServers,
    );
    return topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === 2));
  });
  const before = await sessions();
  await eventually('a session has begun since', async () => (await sessions()) > before);
  const waiting = await connector.committedEvents();
  await eventually('another one has begun', async () => (await sessions()) > before + 1);
  expect(await connector.committedEvents()).toBe(waiting);
  const codes = (await connector.log()).matchAll(/"code":"(\w+)"/g);
  expect(ENDINGS).toEqual(expect.arrayContaining([...codes].map(([, code]) => code)));
  await broker?.start();
  const view = await ClusterView.connect(cluster.bootstrapServers);
  context.onTestFinished(() => view.close());
  await view.healthy([`${NAME}.events`, `${NAME}.state`]);
  await eventually('it goes on', async () => Number(await connector.committedEvents()) > Number(waiting));
  expect(await connector.log()).not.toContain('halted');
  expect(await connector.stop(9_000)).toEqual({ code: 0, signal: null });

  await source.change({ rate: 0 });
  expect((await runToEnd(['run', '--until-caught-up'], environment, COMMIT_TIMEOUT_MS)).exitCode).toBe(0);
  const { stdout } = await runToEnd(['verify'], environment, COMMIT_TIMEOUT_MS);
  expect(stdout).toContain('missing 0, duplicate 0, altered 0, invented 0');
}, 240_000);
