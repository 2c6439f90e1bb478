import { expect, test } from 'vitest';
import { environmentFor, gidsOf, runConnector } from '../support/connector.ts';
import { createTestClient, keysIn, putRecord, recordsOf, stateIn } from '../support/topic.ts';
import { simulate } from './scene.ts';

const WORKSPACE = '1201234567890123';
const UNTIL_CAUGHT_UP = ['run', '--until-caught-up'];
const jsonOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
const stateOf = async (name: string, kind: string) =>
  [...(await stateIn(`${name}.state`))]
    .filter(([key, value]) => key.startsWith(`${name}/${WORKSPACE}/${kind}`) && value !== null)
    .map(([, value]) => value);

// Side by side, because each watches for seconds whether a connector writes.
test.concurrent('set back publishes again what was created since, and no more; the proofs say so', async (context) => {
  const source = await simulate(context, { events: 500, days: 40 });
  const events = [...source.truth()];
  const to = events[350]?.created_at ?? '';
  const environment = environmentFor('back', source);
  await runConnector(UNTIL_CAUGHT_UP, environment);

  const set = await runConnector(['offsets', 'set', '--to', to, '--yes'], environment);
  expect(set.exitCode, set.stderr).toBe(0);
  expect(set.stdout).toMatch(/before\n {2}mode +live/);
  expect(set.stdout).toMatch(/after\n {2}mode +catching-up/);
  expect(set.stdout).toContain(`from ${to} to`);
  const run = await runConnector(UNTIL_CAUGHT_UP, environment);

  expect(run.exitCode, run.stderr).toBe(0);
  const again = events.filter(({ created_at }) => created_at >= to).map(({ gid }) => gid);
  expect(await keysIn('back.events')).toEqual([...gidsOf(source), ...again].sort());
  const proofs = [
    await runConnector(['verify', '--ledger'], environment),
    await runConnector(['verify'], environment),
  ];
  for (const { exitCode, stdout } of proofs) expect(exitCode, stdout).toBe(0);
  expect(proofs[1]?.stdout).toContain(`${again.length} were published again by an operator`);
});

test.concurrent('set forward leaves a gap record behind, and the events of the gap are not published, by sweeps neither', async (context) => {
  const source = await simulate(context, { events: 500, days: 40 });
  const events = [...source.truth()];
  const [from, to] = [events[100]?.created_at ?? '', events[350]?.created_at ?? ''];
  const environment = environmentFor('forward', source);
  expect((await runConnector(['run'], { ...environment, END_AT: from })).exitCode).toBe(0);

  const set = await runConnector(['offsets', 'set', '--to', to, '--yes', '--json'], environment);
  expect(jsonOf(set.stdout)).toMatchObject({
    applied: true,
    left_out: { from, to, reason: 'skipped-by-operator' },
    published_again: null,
  });
  expect(await stateOf('forward', 'gap/')).toEqual([
    expect.objectContaining({ from, to, reason: 'skipped-by-operator' }),
  ]);
  const swept = { ...environment, SWEEP_INTERVAL: '1s', SWEEP_LOOKBACK: '1s' };
  expect((await runConnector(UNTIL_CAUGHT_UP, swept)).exitCode).toBe(0);

  const left = events.filter(({ created_at }) => created_at < from || created_at >= to);
  expect(await keysIn('forward.events')).toEqual(left.map(({ gid }) => gid).sort());
  const proofs = [
    await runConnector(['verify', '--ledger'], environment),
    await runConnector(['verify'], environment),
  ];
  for (const { exitCode, stdout } of proofs) expect(exitCode, stdout).toBe(0);
  expect(proofs[1]?.stdout).toContain(`${events.length - left.length} were left out, in recorded gaps`);
  const get = await runConnector(['offsets', 'get'], environment);
  expect(get.stdout).toMatch(new RegExp(`gap +from ${from} to ${to}, skipped-by-operator`));

  // Regretted: the gap is closed, and nothing of it is there twice.
  const regret = await runConnector(['offsets', 'set', '--to', from, '--yes'], environment);
  expect(regret.exitCode, regret.stderr).toBe(0);
  expect((await runConnector(UNTIL_CAUGHT_UP, environment)).exitCode).toBe(0);
  expect(await stateOf('forward', 'gap/')).toEqual([]);
  const keys = await keysIn('forward.events');
  expect([...new Set(keys)]).toEqual(gidsOf(source));
  expect((await runConnector(['verify'], environment)).exitCode).toBe(0);
});

test.concurrent('set to a stream without a position is refused, and says what to do', async (context) => {
  const source = await simulate(context, { events: 10 });
  const to = [...source.truth()][5]?.created_at ?? '';
  const { exitCode, stderr } = await runConnector(
    ['offsets', 'set', '--to', to, '--yes'],
    environmentFor('nowhere', source),
  );
  expect(stderr).toMatch(/has not started yet\n {2}NO_POSITION; next step: .*START_AT/);
  expect(exitCode).toBe(1);
});

test.concurrent('one workspace is moved, and its neighbours are left where they are', async (context) => {
  const source = await simulate(context, { events: 100, workspaces: ['1', '2'] });
  const environment = environmentFor('one-of-two', source);
  await runConnector(UNTIL_CAUGHT_UP, environment);
  const reset = await runConnector(['offsets', 'reset', '--workspace', '2', '--yes', '--json'], environment);
  expect(jsonOf(reset.stdout)).toMatchObject({ workspace_gid: '2', applied: true });
  const get = await runConnector(['offsets', 'get', '--json'], environment);
  const modes = get.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).mode);
  expect(modes).toEqual(['live', 'reset']);
});

// Refused, with "its position moved while this command looked at it", for as long as the dead one's transaction was open.
test.concurrent('set sees a position behind the open transaction of a neighbour that has died: nothing runs', async (context) => {
  const source = await simulate(context, { events: 20 });
  const to = [...source.truth()][10]?.created_at ?? '';
  const environment = environmentFor('behind-open', source, { STATE_TOPIC_PARTITIONS: '1' });
  await runConnector(UNTIL_CAUGHT_UP, environment);
  const cursor = (await recordsOf('behind-open.state')).findLast(({ key }) =>
    String(key).endsWith('/cursor'),
  );
  const dead = createTestClient({ transactionTimeoutMs: 10_000 });
  context.onTestFinished(() => dead.close());
  const transaction = await (await dead.openProducer('behind-open-neighbour')).begin();
  await transaction.send('behind-open.state', 0, [{ key: 'n', value: null, timestampMs: 0 }]);
  const further = { ...JSON.parse(String(cursor?.value)), written: 'later' };
  await putRecord('behind-open.state', 0, String(cursor?.key), Buffer.from(JSON.stringify(further)));

  const { exitCode, stderr } = await runConnector(['offsets', 'set', '--to', to, '--yes'], environment);

  expect(exitCode, stderr).toBe(0);
});
