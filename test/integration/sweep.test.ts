import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { environmentFor, eventually, gidsOf } from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';
import { type Source, simulate, startLive } from './scene.ts';

const SWEEPING = { SWEEP_INTERVAL: '1s', SWEEP_LOOKBACK: '4s' };

const liveEventsCome = (topic: string, count: number) =>
  eventually('live events come', async () => (await recordsOf(topic).catch(() => [])).length > count);

/** Stops the live events, waits until all late ones show, and until the topic has everything. */
async function settle(source: Source, topic: string): Promise<void> {
  await source.change({ rate: 0 });
  const status = source.baseUrl.replace('/api/1.0', '/simulator/status');
  await eventually('the topic has everything', async () => {
    const { workspaces } = (await (await fetch(status)).json()) as { workspaces: { pending_late: number }[] };
    if (workspaces.some((workspace) => workspace.pending_late > 0)) return false;
    return (await keysIn(topic)).length >= gidsOf(source).length;
  });
}

// Side by side: they mostly wait for what is late.
describe.concurrent('late events', () => {
  test.for(['skips', 'shows'] as const)(
    'are published once, and marked, where the live offset %s them',
    async (lateOffset, context) => {
      const name = `sweep-${lateOffset}`;
      const source = await simulate(context, {
        events: 200,
        rate: 60,
        lateShare: 0.3,
        lateByMs: 3_000,
        lateOffset,
      });
      const connector = await startLive(context, environmentFor(name, source, SWEEPING));
      await liveEventsCome(`${name}.events`, 700);
      await settle(source, `${name}.events`);
      await connector.stop(9_000);

      expect(await keysIn(`${name}.events`)).toEqual(gidsOf(source));
      const late = (await recordsOf(`${name}.events`)).filter(({ headers }) => headers.late === 'true');
      expect(late.length).toBeGreaterThan(20);
    },
  );

  test('that became visible while the connector was down are found after its next start', async (context) => {
    const source = await simulate(context, { events: 200, rate: 60, lateShare: 0.5, lateByMs: 3_000 });
    const environment = environmentFor('sweep-down', source, SWEEPING);
    const connector = await startLive(context, environment);
    await liveEventsCome('sweep-down.events', 400);
    connector.kill('SIGKILL');
    await connector.exited;
    // Longer than anything is late, so that the live chain of the next start is behind all of it.
    await sleep(6_000);
    const again = await startLive(context, environment);
    await settle(source, 'sweep-down.events');
    await again.stop(9_000);

    expect(await keysIn('sweep-down.events')).toEqual(gidsOf(source));
  });
});
