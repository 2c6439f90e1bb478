import { expect, test } from 'vitest';
import { environmentFor, eventually, gidsOf, runConnector } from '../support/connector.ts';
import { keysIn } from '../support/topic.ts';
import { simulate, startLive } from './scene.ts';

// It said "missing", and ended with 1, for as long as the next sweep had not come.
test('what Asana showed late is not there yet: verify says how far its proof reaches, and that without sweeps it is missing', async (context) => {
  const source = await simulate(context, {
    events: 100,
    rate: 20,
    lateShare: 0.3,
    lateByMs: 3_000,
    lateOffset: 'skips',
  });
  const environment = environmentFor('verify-late', source);
  const connector = await startLive(context, environment);
  await eventually('late events show', () => gidsOf(source).length > 200);
  await source.change({ rate: 0 });
  const status = source.baseUrl.replace('/api/1.0', '/simulator/status');
  await eventually('all that is late shows', async () => {
    const { workspaces } = (await (await fetch(status)).json()) as { workspaces: { pending_late: number }[] };
    return workspaces.every((workspace) => workspace.pending_late === 0);
  });
  await connector.stop(9_000);
  const lacking = gidsOf(source).length - (await keysIn('verify-late.events')).length;
  const upToNow = ['verify', '--to', new Date().toISOString()];

  const sweeping = await runConnector(upToNow, environment);
  const without = await runConnector(upToNow, { ...environment, SWEEP_INTERVAL: '0s' });

  expect(lacking).toBeGreaterThan(0);
  expect(sweeping.stdout).toContain(`missing 0, not there yet ${lacking}, duplicate 0`);
  expect(sweeping.stdout).toMatch(/ {2}proven up to \S+ \(repeat verify/);
  expect(sweeping.exitCode, sweeping.stdout).toBe(0);
  expect(without.stdout).toContain(`missing ${lacking}, `);
  expect(without.exitCode).toBe(1);
});
