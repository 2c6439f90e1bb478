import { afterEach, describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import type { ReadRecord } from '../../src/kafka/read-to-end.ts';
import { environmentFor, runConnector } from '../support/connector.ts';
import { putRecord, recordsOf } from '../support/topic.ts';
import { createTopic, deleteTopic } from './scene.ts';

/** The same event under another gid of that length. */
function renamed(record: ReadRecord | undefined): ReadRecord | undefined {
  const gid = String(record?.key);
  const other = gid.slice(0, -1) + (gid.endsWith('1') ? '2' : '1');
  const value = record?.value?.toString('latin1').replace(gid, other) ?? '';
  return record && { ...record, key: Buffer.from(other), value: Buffer.from(value, 'latin1') };
}

/** The last cursor of the stream, and how to put another one in its place. */
async function cursorOf(name: string) {
  const last = (await recordsOf(`${name}.state`)).findLast(({ key }) => String(key).endsWith('/cursor'));
  const record: Record<string, unknown> = JSON.parse(String(last?.value));
  const replace = (parts: Record<string, unknown>) =>
    putRecord(
      `${name}.state`,
      last?.partition ?? 0,
      String(last?.key),
      Buffer.from(JSON.stringify({ ...record, ...parts })),
    );
  return { record, replace };
}

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

async function simulate(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  simulator = await startSimulator({ events: 1_500, days: 80, rate: 0, requestsPerMinute: 0, ...options });
  return simulator;
}

describe('run ends with 1 and one clear line where no retry can heal', () => {
  test.each<[string, Partial<SimulatorOptions>, Record<string, string>, RegExp]>([
    [
      'a revoked token',
      { revoked: true },
      {},
      /Asana answered 401.*\(ASANA_UNAUTHORIZED\); next step: put a valid/,
    ],
    ['a tier without audit log', { plan: 'business' }, {}, /Asana answered 402.*\(ASANA_FORBIDDEN\)/],
    [
      'a personal access token',
      { personalToken: 'mine' },
      { ASANA_TOKEN: 'mine' },
      /Asana answered 403.*\(ASANA_FORBIDDEN\)/,
    ],
    [
      'an unknown workspace',
      {},
      { ASANA_WORKSPACES: '404' },
      /Unknown object: 404 \(ASANA_WORKSPACE_UNKNOWN\)/,
    ],
    [
      'a schema that must be there and is not',
      {},
      { AUTO_REGISTER_SCHEMAS: 'false' },
      /\(SCHEMA_NOT_REGISTERED\)/,
    ],
    ['a topic name that Kafka refuses', {}, { EVENTS_TOPIC: 'a'.repeat(250) }, /EVENTS_TOPIC/],
  ])('%s', async (what, options, more, message) => {
    const source = await simulate(options);
    const environment = environmentFor(`unhealable-${what.replaceAll(' ', '-')}`, source, more);
    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);
    expect(stderr).toMatch(message);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).not.toContain('simulator-token');
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ id: 'stopped', level: 'error', exit_code: exitCode });
  });

  test('an events topic that would delete a backlog is refused, unless that is allowed explicitly', async () => {
    const source = await simulate();
    const environment = environmentFor('unfit', source);
    await createTopic('unfit.events', 1, { 'retention.ms': '604800000' });
    const refused = await runConnector(['run', '--until-caught-up'], environment);
    expect(refused.stderr).toContain('(TOPIC_UNFIT)');
    expect(refused.exitCode).toBe(1);
    const allowed = await runConnector(['run', '--until-caught-up'], {
      ...environment,
      ALLOW_SHORT_RETENTION: 'true',
    });
    expect(allowed.exitCode).toBe(0);
  });

  test.each([
    ['a tombstone', null, 'it is a tombstone'],
    ['no version that there ever was', Buffer.from('{"version":0}'), 'expected version 1 or 2, got 0'],
  ])(
    'a cursor that is %s halts the stream: it never starts again from zero',
    async (what, value, message) => {
      const source = await simulate();
      const environment = environmentFor(`state-${what.replaceAll(' ', '-')}`, source, {
        STATE_TOPIC_PARTITIONS: '1',
      });
      await runConnector(['run', '--until-caught-up'], environment);
      await putRecord(
        environment.STATE_TOPIC ?? '',
        0,
        `${environment.CONNECTOR_NAME}/1201234567890123/cursor`,
        value,
      );
      const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(1);
      expect(await recordsOf(environment.EVENTS_TOPIC ?? '')).toHaveLength(1_500);
    },
  );

  test.each([
    ['a lost state topic', { STATE_TOPIC: 'again-a-lost-state-topic.elsewhere' }],
    ['another CONNECTOR_NAME', { CONNECTOR_NAME: 'other' }],
  ])('%s halts the stream: it does not publish everything a second time', async (what, more) => {
    const source = await simulate();
    const environment = environmentFor(`again-${what.replaceAll(' ', '-')}`, source);
    await runConnector(['run', '--until-caught-up'], environment);
    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], {
      ...environment,
      ...more,
    });
    expect(stderr).toContain('(ALREADY_PUBLISHED)');
    expect(exitCode).toBe(1);
    expect(await recordsOf(environment.EVENTS_TOPIC ?? '')).toHaveLength(1_500);
  });

  test('a workspace that is added to a topic of others starts from its oldest event', async () => {
    const source = await simulate({ workspaces: ['1', '2'] });
    const environment = environmentFor('added', source);
    await runConnector(['run', '--until-caught-up'], { ...environment, ASANA_WORKSPACES: '1' });
    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);
    expect(exitCode, stderr).toBe(0);
    expect(await recordsOf('added.events')).toHaveLength(3_000);
  });

  test('settings that these brokers will never accept end it, instead of being tried for ever', async () => {
    const source = await simulate();
    const environment = environmentFor('impossible', source, { TOPIC_REPLICATION_FACTOR: '3' });
    const { exitCode, stderr } = await runConnector(['run'], environment);
    expect(stderr).toMatch(
      /creating the topic impossible\.state: .*replication-factor.*\(KAFKA_SETTINGS_REFUSED\)/i,
    );
    expect(exitCode).toBe(1);
  });

  test('another EVENTS_TOPIC under the same name halts the stream: its cursor is about the former one', async () => {
    const source = await simulate();
    const environment = environmentFor('moved', source);
    await runConnector(['run', '--until-caught-up'], environment);
    const elsewhere = { ...environment, EVENTS_TOPIC: 'moved.elsewhere' };
    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], elsewhere);
    expect(stderr).toContain('(EVENTS_TOPIC_CHANGED)');
    expect(exitCode).toBe(1);
  });

  test('an events topic that is gone although its cursor is not halts the stream: it is not made anew, empty', async () => {
    const source = await simulate();
    const environment = environmentFor('lost', source);
    await runConnector(['run', '--until-caught-up'], environment);
    await deleteTopic('lost.events');
    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);
    expect(stderr).toContain('(TOPIC_LOST)');
    expect(exitCode).toBe(1);
  });
});

describe('verify', () => {
  test('finds an event that is missing, one that is there twice, one that is altered and one that is invented', async () => {
    const source = await simulate();
    const environment = environmentFor('verify-wrong', source, { EVENTS_TOPIC_PARTITIONS: '1' });
    const topic = environment.EVENTS_TOPIC ?? '';
    const whole = [...source.truth()];
    await runConnector(['run'], { ...environment, END_AT: whole[1_400]?.created_at ?? '' });
    const records = await recordsOf(topic);
    const [first, second, third] = records;
    if (!first?.value || !second?.value || !third?.value) throw new Error('there are records');
    const firstGid = String(first.key);
    const altered = Buffer.from(third.value.toString('latin1').replace('user', 'USER'), 'latin1');
    await putRecord(topic, 0, firstGid, first.value);
    await putRecord(topic, 0, String(third.key), altered);
    await putRecord(topic, 0, 'made-up', Buffer.from('not ours'));

    const { exitCode, stdout } = await runConnector(['verify'], environment);

    expect(exitCode).toBe(1);
    expect(stdout).toContain('missing 100, duplicate 2, altered 1, invented 1, out of order 2');
    expect(stdout).toContain(`duplicate: ${firstGid}, verify-wrong.events-0@`);
    expect(stdout).toContain(`altered: ${third.key}`);
    expect(stdout).toContain('invented: made-up');
    expect(stdout).toContain('NOT proven');
  });

  test('finds records that are out of order in their partition, and names them', async () => {
    const source = await simulate({ events: 20 });
    const environment = environmentFor('verify-order', source, { EVENTS_TOPIC_PARTITIONS: '1' });
    await runConnector(['run', '--until-caught-up'], environment);
    const records = await recordsOf('verify-order.events');
    await createTopic('verify-order.elsewhere', 1);
    for (const { key, value } of [...records.slice(0, 4), ...records.slice(5), ...records.slice(4, 5)])
      await putRecord('verify-order.elsewhere', 0, String(key), value);
    const disordered = { ...environment, EVENTS_TOPIC: 'verify-order.elsewhere' };

    const right = await runConnector(['verify'], environment);
    const wrong = await runConnector(['verify'], disordered);
    const json = await runConnector(['verify', '--json'], disordered);

    expect(right.stdout).toContain('invented 0, out of order 0');
    expect(right.exitCode, right.stdout).toBe(0);
    expect(wrong.stdout).toContain('missing 0, duplicate 0, altered 0, invented 0, out of order 1');
    expect(wrong.stdout).toMatch(
      new RegExp(`out of order: ${records[4]?.key}, verify-order.elsewhere-0@\\d+ is older than`),
    );
    expect(wrong.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ proven: false, out_of_order: 1 });
  });

  test('--ledger counts the topic again without Asana, and finds what the state does not claim', async () => {
    const source = await simulate({ poison: 0.01 });
    const environment = environmentFor('ledger', source, { EVENTS_TOPIC_PARTITIONS: '2' });
    await runConnector(['run', '--until-caught-up'], environment);
    await source.close();
    const right = await runConnector(['verify', '--ledger'], environment);
    expect(right.stdout).toContain('proven: the topic holds exactly the events that the state claims');
    expect(right.exitCode).toBe(0);

    const cursor = await cursorOf('ledger');
    await cursor.replace({ events: Number(cursor.record.events) + 1 });
    const wrong = await runConnector(['verify', '--ledger'], environment);
    expect(wrong.stdout).toContain('NOT proven');
    expect(wrong.exitCode).toBe(1);
  });

  test('--ledger finds another digest of as many events', async () => {
    const source = await simulate({ events: 20 });
    const environment = environmentFor('ledger-digest', source);
    await runConnector(['run', '--until-caught-up'], environment);
    const cursor = await cursorOf('ledger-digest');
    const digest = String(cursor.record.digest);
    await cursor.replace({ digest: (digest.startsWith('0') ? '1' : '0') + digest.slice(1) });

    const { stdout, exitCode } = await runConnector(['verify', '--ledger'], environment);

    expect(stdout).toMatch(/state 20 events, .*\n {2}topic 20 events/);
    expect(stdout).toContain('NOT proven');
    expect(exitCode).toBe(1);
  });

  test.each([
    ['an event of its own', (records: readonly ReadRecord[]) => renamed(records[7])],
    ['a second copy of another one', (records: readonly ReadRecord[]) => records[6]],
  ])('--ledger finds a record that was swapped for %s: the count is the same', async (what, swappedFor) => {
    const source = await simulate({ events: 20 });
    const name = `ledger-swap-${what.split(' ').length}`;
    const environment = environmentFor(name, source, { EVENTS_TOPIC_PARTITIONS: '1' });
    await runConnector(['run', '--until-caught-up'], environment);
    const records = await recordsOf(`${name}.events`);
    const cursor = await cursorOf(name);
    const copyTo = async (topic: string, copied: readonly (ReadRecord | undefined)[]) => {
      await createTopic(topic, 1);
      for (const record of copied) await putRecord(topic, 0, String(record?.key), record?.value ?? null);
      const end = ((await recordsOf(topic)).at(-1)?.offset ?? 0) + 1;
      await cursor.replace({ events_topic: topic, ends: { 0: end } });
      return runConnector(['verify', '--ledger'], { ...environment, EVENTS_TOPIC: topic });
    };

    const right = await copyTo(`${name}.copied`, records);
    const wrong = await copyTo(`${name}.swapped`, records.with(7, swappedFor(records) as ReadRecord));

    expect(right.exitCode, right.stdout + right.stderr).toBe(0);
    expect(wrong.stdout).toMatch(/state 20 events, .*\n {2}topic 20 events/);
    expect(wrong.stdout).toContain('NOT proven');
    expect(wrong.exitCode).toBe(1);
  });
});
