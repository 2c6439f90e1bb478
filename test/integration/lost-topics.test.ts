import { expect, test } from 'vitest';
import { timeToNextCommit } from '../faults/progress.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';
import { administer, createTopic, repeated, simulate, startLive } from './scene.ts';

const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];
const SECOND_START = 40_000;

// src/workspace-session.ts: ensureTopic(deadLettersRequirement) makes it anew although cursor.deadLettersEnd > 0, and every session then
// waits transactionTimeout + 30 s for letters that never come (KAFKA_UNAVAILABLE, for ever).
test('a dead letters topic that is gone although the cursor counts letters in it halts the stream with a message', async (context) => {
  const source = await simulate(context, { events: 1_000, poison: 0.02, rate: 5 });
  const environment = environmentFor('lost-letters', source);
  const connector = await startLive(context, environment);
  await eventually('live', async () => (await connector.log()).includes('live from now on'));
  await connector.stop(9_000);
  await administer((admin) => admin.deleteTopics({ topics: ['lost-letters.events.dead-letters'] }));
  const again = await startLive(context, environment);
  const ended = await Promise.race([
    again.exited,
    new Promise((end) => setTimeout(end, SECOND_START, 'still runs')),
  ]);
  expect(ended).toEqual({ code: 1, signal: null });
});

// src/stream/committer.ts: the base offset of a send lies below cursor.ends; nobody compares the two.
test('an events topic that somebody deletes and creates again, empty, while the connector runs halts the stream: what was in it is gone', async (context) => {
  const source = await simulate(context, { events: 500, rate: 50 });
  const environment = environmentFor('recreated', source, { EVENTS_TOPIC_PARTITIONS: '1' });
  const connector = await startLive(context, environment);
  await timeToNextCommit(connector, 'before', 30_000);
  await administer((admin) => admin.deleteTopics({ topics: ['recreated.events'] }));
  await eventually(
    'it is gone',
    async () => !(await administer((admin) => admin.listTopics())).includes('recreated.events'),
  );
  await createTopic('recreated.events', 1, { 'retention.ms': '-1' });
  const ended = await Promise.race([
    connector.exited,
    new Promise((end) => setTimeout(end, SECOND_START, 'still runs')),
  ]);
  const log = await connector.log();
  expect({
    ended,
    silent: !log.includes('recreated.events'),
    left: (await recordsOf('recreated.events')).length,
  }).toMatchObject({
    ended: { code: 1 },
  });
});

// src/stream/published-before.ts: the events topic is searched only where the state topic has no cursor at all. A quiet workspace that
// starts first puts one there.
test('a lost state topic of two workspaces, of which one is quiet, publishes nothing a second time', async (context) => {
  const source = await simulate(context, { events: 500, workspaces: ['1', '2'] });
  const all = environmentFor('lost-state', source);
  await runConnector(UNTIL_CAUGHT_UP, { ...all, ASANA_WORKSPACES: '2' });
  await administer((admin) => admin.deleteTopics({ topics: ['lost-state.state'] }));
  // Workspace 1 has published nothing so far: that it starts is right. 2 must not.
  await runConnector(UNTIL_CAUGHT_UP, {
    ...all,
    ASANA_WORKSPACES: '1',
    ASANA_EVENT_TYPE: 'nothing_of_this_type',
  });
  await runConnector(UNTIL_CAUGHT_UP, { ...all, ASANA_WORKSPACES: '2' });
  expect(repeated(await keysIn('lost-state.events'))).toEqual([]);
  expect(gidsOf(source).length).toBeGreaterThan(0);
});
