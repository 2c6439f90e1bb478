import { describe, expect, test } from 'vitest';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn, putRecord, recordsOf, stateIn } from '../support/topic.ts';
import { administer, simulate, startLive } from './scene.ts';

const WORKSPACE = '1201234567890123';
const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];
const MINUTE_MS = 60_000;
const jsonOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
const iso = (timeMs: number) => new Date(timeMs).toISOString();
const stateOf = async (name: string, kind: string) =>
  [...(await stateIn(`${name}.state`))]
    .filter(([key]) => key.startsWith(`${name}/${WORKSPACE}/${kind}`))
    .map(([, value]) => value);
const twice = (keys: readonly string[]) => [...keys, ...keys].sort();

// Side by side, because each watches for seconds whether a connector writes.
describe.concurrent('offsets get', () => {
  test('says where a stream is, before its start and after it', async (context) => {
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor('get', source);
    const before = await runConnector(['offsets', 'get', '--json'], environment);
    expect(jsonOf(before.stdout)).toMatchObject({ mode: 'not started', watermark: null, events: null });
    expect(await administer((admin) => admin.listTopics())).not.toContain('get.state');
    const ledger = await runConnector(['verify', '--ledger'], environment);
    expect(ledger.stderr).toMatch(/NO_POSITION; next step: start the connector/);
    await runConnector(UNTIL_CAUGHT_UP, environment);

    const { stdout, exitCode } = await runConnector(['offsets', 'get', '--json'], environment);
    const text = await runConnector(['offsets', 'get'], environment);

    const cursor = (await stateOf('get', 'cursor'))[0];
    expect(jsonOf(stdout)).toMatchObject({
      connector_name: 'get',
      workspace_gid: WORKSPACE,
      mode: 'live',
      watermark: cursor?.watermark,
      complete_as_of: cursor?.complete_to,
      events_topic: 'get.events',
      events: 300,
      dead_letters: 0,
      digest: cursor?.digest,
      gaps: [],
      republished: [],
    });
    expect(text.stdout).toContain(`watermark       ${cursor?.watermark}`);
    expect(exitCode).toBe(0);
  });

  test('says of one that cannot be read why, and ends with 1', async (context) => {
    const source = await simulate(context, { events: 10 });
    const environment = environmentFor('get-bad', source, { STATE_TOPIC_PARTITIONS: '1' });
    await runConnector(UNTIL_CAUGHT_UP, environment);
    await putRecord('get-bad.state', 0, `get-bad/${WORKSPACE}/cursor`, Buffer.from('{"version":0}'));
    const { stdout, exitCode } = await runConnector(['offsets', 'get'], environment);
    expect(stdout).toMatch(/unreadable: .*got 0; next step/);
    expect(exitCode).toBe(1);
  });
});

describe.concurrent('a connector that runs', () => {
  test('is seen at its address or by what it writes: set and reset refuse, and it goes on undisturbed', async (context) => {
    const source = await simulate(context, { events: 300, rate: 10 });
    const environment = environmentFor('running', source);
    const connector = await startLive(context, environment);
    await eventually('it is live', async () => (await connector.log()).includes('caught up'));
    const port = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(await connector.log())?.[1] ?? '';
    const to = iso(Date.now() - 10 * MINUTE_MS);

    const refused = [
      await runConnector(['offsets', 'reset', '--yes'], { ...environment, HTTP_PORT: port }),
      await runConnector(['offsets', 'set', '--to', to], { ...environment, HTTP_PORT: port }),
      await runConnector(['offsets', 'reset', '--yes'], environment),
      await runConnector(['offsets', 'set', '--to', to, '--yes'], environment),
    ];

    for (const { exitCode, stderr } of refused) {
      expect(stderr).toContain('STREAM_RUNNING; next step: stop the connector');
      expect(exitCode).toBe(1);
    }
    expect(refused.map(({ stderr }) => stderr.includes('says that it is live'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await source.change({ rate: 0 });
    expect(await connector.stop(9_000)).toEqual({ code: 0, signal: null });
    expect(await connector.log()).not.toContain('KAFKA_FENCED');
    await runConnector(UNTIL_CAUGHT_UP, environment);
    expect(await keysIn('running.events')).toEqual(gidsOf(source));
  });

  test('is fenced where nothing shows it, because it waits for Asana; it goes on from where the stream was put', async (context) => {
    const source = await simulate(context, { events: 300, days: 10 });
    const environment = environmentFor('waiting', source);
    const connector = await startLive(context, environment);
    await eventually('it is live', async () => (await connector.log()).includes('caught up'));
    await source.change({ faults: 1, faultKinds: ['500'] });
    await eventually('Asana refuses', async () => (await connector.log()).includes('ASANA_SERVER_ERROR'));

    const reset = await runConnector(['offsets', 'reset', '--yes'], environment);
    expect(reset.exitCode, reset.stderr).toBe(0);
    await source.change({ faults: 0 });

    await eventually('all is published again', async () => (await keysIn('waiting.events')).length >= 600);
    expect(await connector.log()).toContain('KAFKA_FENCED');
    expect(await connector.stop(9_000)).toEqual({ code: 0, signal: null });
    expect(await keysIn('waiting.events')).toEqual(twice(gidsOf(source)));
  });
});

describe.concurrent('offsets reset', () => {
  test('says what it would do; with --yes everything is published again, and both proofs say so', async (context) => {
    const source = await simulate(context, { events: 400 });
    const environment = environmentFor('reset', source);
    await runConnector(UNTIL_CAUGHT_UP, environment);

    const asked = await runConnector(['offsets', 'reset'], environment);
    expect(asked.stdout).toMatch(/from the oldest to .* are published again/);
    expect(asked.stdout).toContain('Nothing was changed. Repeat it with --yes');
    expect(asked.exitCode).toBe(2);
    expect((await stateOf('reset', 'cursor'))[0]).toMatchObject({ version: 1 });

    const done = await runConnector(['offsets', 'reset', '--yes', '--json'], environment);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(jsonOf(done.stdout)).toMatchObject({
      applied: true,
      before: { mode: 'live', events: 400 },
      after: { mode: 'reset', watermark: null, events: 400 },
      left_out: null,
      published_again: { from: null },
    });
    // One that knows no resets halts at this version.
    expect((await stateOf('reset', 'cursor'))[0]).toMatchObject({ version: 2, events: 400 });
    const between = await runConnector(['verify', '--ledger'], environment);
    expect(between.stdout).toContain('reset by its state');
    expect(between.exitCode, between.stdout).toBe(0);

    const run = await runConnector(UNTIL_CAUGHT_UP, environment);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(await keysIn('reset.events')).toEqual(twice(gidsOf(source)));
    const ledger = await runConnector(['verify', '--ledger'], environment);
    expect(ledger.stdout).toContain('state 800 events');
    expect(ledger.stdout).toMatch(/by an operator since .*: events created from the oldest to .* once more/);
    expect(ledger.exitCode, ledger.stdout).toBe(0);
    const whole = await runConnector(['verify'], environment);
    expect(whole.stdout).toContain('400 were published again by an operator');
    expect(whole.stdout).toContain('duplicate 0');
    expect(whole.exitCode, whole.stdout).toBe(0);

    const [record] = await recordsOf('reset.events');
    if (!record?.value) throw new Error('there are records');
    await putRecord('reset.events', record.partition, String(record.key), record.value);
    const thrice = await runConnector(['verify', '--json'], environment);
    expect(jsonOf(thrice.stdout)).toMatchObject({ proven: false, duplicate: 1, republished: 400 });
    expect(thrice.exitCode).toBe(1);
  });

  test.for<[string, (name: string) => Promise<unknown>]>([
    [
      'a state that cannot be read',
      (name) => putRecord(`${name}.state`, 0, `${name}/${WORKSPACE}/cursor`, Buffer.from('{"version":99}')),
    ],
    [
      'a state that is gone',
      async (name) => {
        await administer((admin) => admin.deleteTopics({ topics: [`${name}.state`] }));
        await eventually('it is gone', async () => {
          return !(await administer((admin) => admin.listTopics())).includes(`${name}.state`);
        });
      },
    ],
  ])(
    'mends %s: the books are counted from the topic, and the stream goes on',
    async ([what, harm], context) => {
      const source = await simulate(context, { events: 300 });
      const name = `mend-${what.split(' ').at(-1)}`;
      const environment = environmentFor(name, source, { STATE_TOPIC_PARTITIONS: '1' });
      await runConnector(UNTIL_CAUGHT_UP, environment);
      await harm(name);
      expect((await runConnector(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(1);

      const reset = await runConnector(['offsets', 'reset', '--yes', '--json'], environment);
      expect(jsonOf(reset.stdout)).toMatchObject({ applied: true, after: { mode: 'reset', events: 300 } });
      const run = await runConnector(UNTIL_CAUGHT_UP, environment);

      expect(run.exitCode, run.stderr).toBe(0);
      expect(await keysIn(`${name}.events`)).toEqual(twice(gidsOf(source)));
      const ledger = await runConnector(['verify', '--ledger'], environment);
      expect(ledger.exitCode, ledger.stdout).toBe(0);
    },
  );

  test('lets a stream start anew whose events topic is gone', async (context) => {
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor('reset-lost', source);
    await runConnector(UNTIL_CAUGHT_UP, environment);
    await administer((admin) => admin.deleteTopics({ topics: ['reset-lost.events'] }));
    expect((await runConnector(UNTIL_CAUGHT_UP, environment)).stderr).toContain('TOPIC_LOST');

    const reset = await runConnector(['offsets', 'reset', '--yes', '--json'], environment);
    expect(jsonOf(reset.stdout)).toMatchObject({ after: { events: 0 }, published_again: null });
    expect((await runConnector(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);
    expect(await keysIn('reset-lost.events')).toEqual(gidsOf(source));
    expect((await runConnector(['verify', '--ledger'], environment)).exitCode).toBe(0);
  });
});
