import { expect, test } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { timeToNextCommit } from '../faults/progress.ts';
import { environmentFor, runConnector } from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';
import { administer, createTopic, deleteTopic, simulate, startLive } from './scene.ts';

const COMMIT_TIMEOUT_MS = 30_000;
const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];

const topics = () => administer((admin) => admin.listTopics());

const gidsOfWorkspace = (simulator: Simulator, workspaceGid: string): string[] =>
  [...simulator.truth()]
    .flatMap(({ workspace_gid, gid }) => (workspace_gid === workspaceGid ? [gid] : []))
    .sort();

test('a dead letters topic that is gone although letters were committed to it halts the stream, and is not made anew', async (context) => {
  const source = await simulate(context, { events: 1_000, poison: 0.02 });
  const environment = environmentFor('lost-letters', source);
  const letters = 'lost-letters.events.dead-letters';
  await runConnector(UNTIL_CAUGHT_UP, environment);
  expect((await recordsOf(letters)).length).toBeGreaterThan(0);

  await deleteTopic(letters);

  const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);
  expect(stderr).toContain(`${letters}, which does not exist (TOPIC_LOST); next step`);
  expect(exitCode).toBe(1);
  expect(await topics()).not.toContain(letters);
});

test('an events topic that somebody deletes and makes anew, empty, while the connector runs halts the stream, and nothing is committed to it', async (context) => {
  const source = await simulate(context, { events: 500, rate: 50 });
  const environment = environmentFor('made-anew', source, { EVENTS_TOPIC_PARTITIONS: '1' });
  const connector = await startLive(context, environment);
  await timeToNextCommit(connector, 'before the topic is deleted', COMMIT_TIMEOUT_MS);

  await deleteTopic('made-anew.events');
  await createTopic('made-anew.events', 1, { 'retention.ms': '-1' });

  expect(await connector.exited).toEqual({ code: 1, signal: null });
  expect(await connector.log()).toMatch(/made-anew\.events ends at offset \d+, but .+ \(TOPIC_LOST\)/);
  expect(await recordsOf('made-anew.events')).toEqual([]);
});

// The stream began session after session, and the ledger waited for ever.
test('one that somebody makes anew, empty, while the connector is stopped halts the stream where a sweep needs what is gone, and ends the ledger', async (context) => {
  const source = await simulate(context, { events: 500 });
  const sweeping = { SWEEP_INTERVAL: '1s', KAFKA_TRANSACTION_TIMEOUT: '1s' };
  const environment = environmentFor('made-anew-before', source, sweeping);
  await runConnector(UNTIL_CAUGHT_UP, environment);

  await deleteTopic('made-anew-before.events');
  await createTopic('made-anew-before.events', 6, { 'retention.ms': '-1' });

  const ended = await Promise.all([
    runConnector(UNTIL_CAUGHT_UP, environment),
    runConnector(['verify', '--ledger'], environment),
  ]);
  for (const { exitCode, stderr } of ended) {
    expect(stderr).toMatch(
      /made-anew-before\.events-\d ends at offset 0, but the state says that records up to \d+ were committed to it\s+\(?TOPIC_LOST\)?; next step/,
    );
    expect(exitCode).toBe(1);
  }
  expect(await recordsOf('made-anew-before.events')).toEqual([]);
});

test('a state topic that is lost stays lost for a workspace that has published, even where another one has started since and made it anew', async (context) => {
  const source = await simulate(context, { events: 500, workspaces: ['1', '2'] });
  const both = environmentFor('lost-state', source);
  const quiet = { ...both, ASANA_WORKSPACES: '1', ASANA_EVENT_TYPE: 'nothing_of_this_type' };
  const published = { ...both, ASANA_WORKSPACES: '2' };
  await runConnector(UNTIL_CAUGHT_UP, published);

  await deleteTopic('lost-state.state');

  expect((await runConnector(UNTIL_CAUGHT_UP, quiet)).exitCode).toBe(0);
  const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, published);
  expect(stderr).toContain(
    'lost-state.events holds events of workspace 2, but lost-state.state has no cursor',
  );
  expect(exitCode).toBe(1);
  expect(await keysIn('lost-state.events')).toEqual(gidsOfWorkspace(source, '2'));
});
