import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { encodeCursor } from '../../src/stream/cursor-record.ts';
import { aCursor } from '../stream/a-cursor.ts';
import { environmentFor, gidsOf, runConnector } from '../support/connector.ts';
import { createTestClient, keysIn, putRecord, recordsOf, stateIn } from '../support/topic.ts';

const DAY_MS = 86_400_000;
const KEY_PREFIX = 'gap/1201234567890123';
let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

test('an outage longer than Asana keeps events is recorded once, said, and everything that is left is read', async () => {
  simulator = await startSimulator({ events: 1_000, days: 80, rate: 0, requestsPerMinute: 0 });
  const environment = environmentFor('gap', simulator);
  const stoppedMs = Date.now() - 100 * DAY_MS;
  const kafka = createTestClient();
  await kafka.createTopic({
    name: 'gap.state',
    partitions: 1,
    replicationFactor: 1,
    settings: { 'cleanup.policy': 'compact' },
  });
  await kafka.close();
  await putRecord(
    'gap.state',
    0,
    `${KEY_PREFIX}/cursor`,
    encodeCursor(
      aCursor({
        mode: 'live',
        watermarkMs: stoppedMs,
        completeToMs: stoppedMs,
        sweptToMs: stoppedMs,
        eventsTopic: 'gap.events',
      }),
    ),
  );

  const first = await runConnector(['run', '--until-caught-up'], environment);
  const second = await runConnector(['run', '--until-caught-up'], environment);

  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stderr).toContain('a gap is recorded: events of this time may be missing');
  expect(second.stderr).not.toContain('a gap is recorded');
  const gaps = [...(await stateIn('gap.state'))].filter(([key]) => key.startsWith(`${KEY_PREFIX}/gap/`));
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.[1]).toMatchObject({ from: new Date(stoppedMs).toISOString(), reason: 'deleted-by-asana' });
  const missingDays = (Date.parse(String(gaps[0]?.[1].to)) - stoppedMs) / DAY_MS;
  expect(missingDays).toBeCloseTo(10, 1);
  expect(await keysIn('gap.events')).toEqual(gidsOf(simulator));
});

test('a page that Asana refuses for good is skipped with a gap record, and everything else is published once', async () => {
  simulator = await startSimulator({ events: 1_000, days: 80, rate: 0, requestsPerMinute: 0, pageSize: 50 });
  const refusedMs = Date.parse([...simulator.truth()][500]?.created_at ?? '');
  await fetch(new URL('/simulator/options', simulator.baseUrl), {
    method: 'POST',
    body: JSON.stringify({ refusedFrom: refusedMs, refusedForMs: 1 }),
  });
  const environment = environmentFor('gap-refused', simulator, { SKIP_REFUSED_AFTER: '3s' });

  const first = await runConnector(['run', '--until-caught-up'], environment);
  const second = await runConnector(['run', '--until-caught-up'], environment);

  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stderr).toContain('Asana keeps refusing one question');
  expect(first.stderr.split('a gap is recorded')).toHaveLength(2);
  expect(second.exitCode, second.stderr).toBe(0);
  expect(second.stderr).not.toMatch(/a gap is recorded|keeps refusing/);
  const gaps = [...(await stateIn('gap-refused.state'))].filter(([key]) => key.includes('/gap/'));
  const [from, to] = [refusedMs, refusedMs + 1].map((timeMs) => new Date(timeMs).toISOString());
  expect(gaps).toEqual([
    [
      `gap-refused/1201234567890123/gap/${from}`,
      expect.objectContaining({
        from,
        to,
        reason: 'refused-by-asana',
        message: expect.stringContaining('Asana answered 500: Server Error'),
      }),
    ],
  ]);
  const readable = [...simulator.truth()].filter(({ created_at }) => created_at !== from);
  expect(await keysIn('gap-refused.events')).toEqual(readable.map(({ gid }) => gid).sort());

  // It asked for the refused time without end.
  const verified = await runConnector(['verify'], environment);
  expect(verified.exitCode, verified.stderr).toBe(0);
  expect(verified.stdout).toContain(`from ${from} to ${to} is a recorded gap: Asana refuses that time`);
  expect(verified.stdout).toMatch(/proven: .*; but those in gaps are left out/);
});

test('a state record that cannot be read halts the stream with an open gap, which is withdrawn when it can be read again', async () => {
  simulator = await startSimulator({ events: 300, rate: 0, requestsPerMinute: 0 });
  const environment = environmentFor('gap-state', simulator, { STATE_TOPIC_PARTITIONS: '1' });
  const run = () => runConnector(['run', '--until-caught-up'], environment);
  const [cursorKey, gapKey] = ['cursor', 'gap/state-unreadable'].map(
    (kind) => `gap-state/1201234567890123/${kind}`,
  ) as [string, string];
  const gapRecords = async () =>
    (await recordsOf('gap-state.state'))
      .filter(({ key }) => String(key) === gapKey)
      .map(({ value }) => JSON.parse(String(value)));
  expect((await run()).exitCode).toBe(0);
  const cursor = (await stateIn('gap-state.state')).get(cursorKey);
  await putRecord('gap-state.state', 0, cursorKey, Buffer.from('{"version":0}'));

  const halted = [await run(), await run()];

  for (const { exitCode, stderr } of halted) {
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain('STATE_UNREADABLE');
    expect(stderr).toContain('a gap is recorded');
  }
  expect(await gapRecords()).toEqual([
    expect.objectContaining({
      from: cursor?.complete_to,
      to: null,
      reason: 'state-unreadable',
      message: expect.stringContaining('expected version 1 or 2, got 0'),
    }),
  ]);
  await putRecord('gap-state.state', 0, cursorKey, Buffer.from(JSON.stringify(cursor)));
  const mended = [await run(), await run()];
  for (const { exitCode, stderr } of mended) expect(exitCode, stderr).toBe(0);
  expect(mended.map(({ stderr }) => stderr.includes('its gap is withdrawn'))).toEqual([true, false]);
  expect((await gapRecords()).slice(1)).toEqual([null]);
  expect(await keysIn('gap-state.events')).toEqual(gidsOf(simulator));
});
