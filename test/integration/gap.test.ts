import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { encodeCursor } from '../../src/stream/cursor-record.ts';
import { aCursor } from '../stream/a-cursor.ts';
import { environmentFor, gidsOf, runConnector } from '../support/connector.ts';
import { createTestClient, keysIn, putRecord, stateIn } from '../support/topic.ts';

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
