import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import {
  environmentFor,
  eventually,
  gidsOf,
  type RunningConnector,
  startConnector,
} from '../support/connector.ts';
import { keysIn, recordsOf } from '../support/topic.ts';

const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
const running: RunningConnector[] = [];
let simulator: Simulator | undefined;
afterEach(async () => {
  for (const connector of running.splice(0)) await connector.stop(1_000);
  await simulator?.close();
});

const SWEEPING = { SWEEP_INTERVAL: '1s', SWEEP_LOOKBACK: '4s' };

async function run(environment: Readonly<Record<string, string>>): Promise<RunningConnector> {
  const connector = await startConnector(environment, join(folder, `${environment.CONNECTOR_NAME}.log`));
  running.push(connector);
  return connector;
}

/** Stops the live events, waits until all late ones show, and until the topic has everything. */
async function settle(source: Simulator, topic: string): Promise<void> {
  const control = source.baseUrl.replace('/api/1.0', '/simulator');
  await fetch(`${control}/options`, { method: 'POST', body: JSON.stringify({ rate: 0 }) });
  await eventually('the topic has everything', async () => {
    const { workspaces } = (await (await fetch(`${control}/status`)).json()) as {
      workspaces: { pending_late: number }[];
    };
    if (workspaces.some((workspace) => workspace.pending_late > 0)) return false;
    return (await keysIn(topic)).length >= gidsOf(source).length;
  });
}

test.each(['skips', 'shows'] as const)(
  'events that become visible late are published once, and marked, where the live offset %s them',
  async (lateOffset) => {
    const name = `sweep-${lateOffset}`;
    simulator = await startSimulator({
      events: 200,
      rate: 60,
      requestsPerMinute: 0,
      lateShare: 0.3,
      lateByMs: 3_000,
      lateOffset,
    });
    const environment = environmentFor(name, simulator, SWEEPING);
    const connector = await run(environment);
    await eventually(
      'live events come',
      async () => (await recordsOf(`${name}.events`).catch(() => [])).length > 700,
    );
    await settle(simulator, `${name}.events`);
    await connector.stop(9_000);

    expect(await keysIn(`${name}.events`)).toEqual(gidsOf(simulator));
    const late = (await recordsOf(`${name}.events`)).filter(({ headers }) => headers.late === 'true');
    expect(late.length).toBeGreaterThan(20);
  },
);

test('a late event that became visible while the connector was down is found after its next start', async () => {
  simulator = await startSimulator({
    events: 200,
    rate: 60,
    requestsPerMinute: 0,
    lateShare: 0.5,
    lateByMs: 3_000,
  });
  const environment = environmentFor('sweep-down', simulator, SWEEPING);
  const connector = await run(environment);
  await eventually(
    'live events come',
    async () => (await recordsOf('sweep-down.events').catch(() => [])).length > 400,
  );
  connector.kill('SIGKILL');
  await connector.exited;
  // Longer than anything is late, so that the live chain of the next start is behind all of it.
  await sleep(6_000);
  const again = await run(environment);
  await settle(simulator, 'sweep-down.events');
  await again.stop(9_000);

  expect(await keysIn('sweep-down.events')).toEqual(gidsOf(simulator));
});
