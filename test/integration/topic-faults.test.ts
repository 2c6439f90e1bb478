import { describe, expect, test } from 'vitest';
import { statePartition } from '../../src/kafka/state-keys.ts';
import { timeToNextCommit } from '../faults/progress.ts';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';
import { administer, createTopic, repeated, setTopic, simulate, startLive, sweepsOf } from './scene.ts';

const WORKSPACE = '1201234567890123';
const COMMIT_TIMEOUT_MS = 40_000;
const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];

// All side by side: kafkajs takes ten seconds to give up on a topic.
describe.concurrent('a topic that is deleted while the connector writes to it', () => {
  test.for([
    ['events', 'TOPIC_LOST'],
    ['state', 'ALREADY_PUBLISHED'],
  ])('%s: the stream ends with %s, and nothing is published from zero', async ([what, code], context) => {
    const source = await simulate(context, { events: 300, rate: 50 });
    const environment = environmentFor(`deleted-${what}`, source);
    const connector = await startLive(context, environment);
    await timeToNextCommit(connector, 'before the topic is deleted', COMMIT_TIMEOUT_MS);

    await administer((admin) => admin.deleteTopics({ topics: [`deleted-${what}.${what}`] }));

    expect(await connector.exited).toEqual({ code: 1, signal: null });
    expect(await connector.log()).toContain(`(${code})`);
    expect(repeated(await keysIn(`deleted-${what}.events`))).toEqual([]);
    const topics = await administer((admin) => admin.listTopics());
    expect(topics.includes(`deleted-${what}.events`)).toBe(what !== 'events');
  });
});

describe.concurrent('partitions that are added', () => {
  test('to the events topic: the stream goes on, takes them into use at its next start, and every event is there once', async (context) => {
    const source = await simulate(context, { events: 1_000, rate: 50 });
    const environment = environmentFor('more-partitions', source, {
      EVENTS_TOPIC_PARTITIONS: '2',
      SWEEP_INTERVAL: '1s',
      SWEEP_LOOKBACK: '4s',
    });
    const connector = await startLive(context, environment);
    await timeToNextCommit(connector, 'before partitions are added', COMMIT_TIMEOUT_MS);

    await administer((admin) =>
      admin.createPartitions({ topicPartitions: [{ topic: 'more-partitions.events', count: 5 }] }),
    );

    await timeToNextCommit(connector, 'with more partitions', COMMIT_TIMEOUT_MS);
    connector.kill('SIGKILL');
    await connector.exited;
    const again = await startLive(context, environment);
    const used = async () =>
      new Set((await recordsOf('more-partitions.events')).map(({ partition }) => partition));
    await eventually('all partitions are used', async () => (await used()).size === 5);
    // One that begins now reads the new partitions as well, to see what is published.
    const sweeps = await sweepsOf(again);
    await eventually('a sweep has gone over them', async () => (await sweepsOf(again)) > sweeps + 1);
    await source.change({ rate: 0 });
    await again.stop(9_000);
    expect((await runConnector(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);
    expect(await keysIn('more-partitions.events')).toEqual(gidsOf(source));
  });

  test('to the state topic: the stream refuses its next start, instead of taking its cursor for absent', async (context) => {
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor('misplaced-state', source, { STATE_TOPIC_PARTITIONS: '1' });
    await runConnector(UNTIL_CAUGHT_UP, environment);
    const count = [2, 3, 4, 5].find((each) => statePartition('misplaced-state', WORKSPACE, each) !== 0) ?? 0;

    await administer((admin) =>
      admin.createPartitions({ topicPartitions: [{ topic: 'misplaced-state.state', count }] }),
    );

    const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);
    expect(stderr).toContain('(STATE_MISPLACED)');
    expect(exitCode).toBe(1);
    expect(await keysIn('misplaced-state.events')).toEqual(gidsOf(source));
  });
});

describe.concurrent('a record that is too large', () => {
  test('since max.message.bytes was lowered while the connector runs: its batches become smaller, and what fits none is a dead letter', async (context) => {
    const source = await simulate(context, { events: 100, rate: 100 });
    const environment = environmentFor('lowered', source);
    const connector = await startLive(context, environment);
    await timeToNextCommit(connector, 'before the limit is lowered', COMMIT_TIMEOUT_MS);

    const { length } = await connector.log();
    await setTopic('lowered.events', { 'max.message.bytes': '500', 'retention.ms': '-1' });

    await eventually('something is a dead letter', async () => {
      return (await recordsOf('lowered.events.dead-letters')).length > 10;
    });
    await source.change({ rate: 0 });
    await connector.stop(9_000);
    expect((await connector.log()).slice(length)).not.toContain('session ended');
    const { stdout } = await runConnector(UNTIL_CAUGHT_UP, environment).then(() =>
      runConnector(['verify'], environment),
    );
    expect(stdout).toContain('  proven: ');
    const letters = await recordsOf('lowered.events.dead-letters');
    expect(letters[0]?.headers['error.code']).toBe('refused-by-kafka');
    expect([...(await keysIn('lowered.events')), ...letters.map(({ key }) => String(key))].sort()).toEqual(
      gidsOf(source),
    );
  });

  test('for the dead letters topic too: the stream halts, and goes on once the limit is raised', async (context) => {
    const source = await simulate(context, { events: 1_000, poison: 0.02 });
    const environment = environmentFor('large-letter', source);
    const letters = 'large-letter.events.dead-letters';
    await createTopic(letters, 1, { 'max.message.bytes': '100000', 'retention.ms': '-1' });

    const refused = await runConnector(UNTIL_CAUGHT_UP, environment);
    await setTopic(letters, { 'max.message.bytes': '64000000', 'retention.ms': '-1' });
    const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);

    expect(refused.stderr).toContain('(DEAD_LETTER_REFUSED); next step: raise max.message.bytes');
    expect(refused.exitCode).toBe(1);
    expect(exitCode, stderr).toBe(0);
    expect((await runConnector(['verify'], environment)).stdout).toContain('  proven: ');
  });

  test('for the state topic: the stream halts before anything is committed without it, and goes on once the limit is raised', async (context) => {
    const source = await simulate(context, { events: 3_000, eventsPerMillisecond: 1_000 });
    const environment = environmentFor('large-state', source);
    await createTopic('large-state.state', 1, { 'cleanup.policy': 'compact', 'max.message.bytes': '5000' });

    const refused = await runConnector(UNTIL_CAUGHT_UP, environment);
    expect(await keysIn('large-state.events')).toEqual([]);
    await setTopic('large-state.state', { 'cleanup.policy': 'compact', 'max.message.bytes': '1000000' });
    const { exitCode, stderr } = await runConnector(UNTIL_CAUGHT_UP, environment);

    expect(refused.stderr).toContain('(STATE_REFUSED); next step: raise max.message.bytes');
    expect(refused.exitCode).toBe(1);
    expect(exitCode, stderr).toBe(0);
    expect(await keysIn('large-state.events')).toEqual(gidsOf(source));
  });
});
