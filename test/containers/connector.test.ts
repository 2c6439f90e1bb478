import { expect, test } from 'vitest';
import { eventually } from '../support/connector.ts';
import { keysIn } from '../support/topic.ts';
import { docker, inspectContainer } from './docker.ts';
import { metricAt, runInImage, simulateInImage, startInImage } from './in-image.ts';

const COMMITTED = 'asana_audit_events_committed_total';
const EVENTS = 20_000;

test('finds every precondition right, or says which is not', async (context) => {
  const environment = await simulateInImage(context, 'simulator-check', ['--events', '100', '--rate', '0']);

  const right = await runInImage(['check'], environment);
  const wrong = await runInImage(['check'], { ...environment, ASANA_TOKEN: 'another' });

  expect(right.exitCode, right.stdout + right.stderr).toBe(0);
  expect(wrong.exitCode).toBe(1);
});

test('follows into Kafka, is healthy and scraped meanwhile, and SIGTERM ends it with 0', async (context) => {
  const environment = await simulateInImage(context, 'simulator-live', ['--events', '5000', '--rate', '20']);
  const connector = await startInImage(context, environment);
  await eventually(
    'live events are committed',
    async () => (await metricAt(connector.url, COMMITTED)) > 5_050,
  );

  expect((await fetch(`${connector.url}/readyz`)).status).toBe(200);
  // Docker looks for the first time after the interval.
  await eventually(
    'Docker finds it healthy',
    async () => (await inspectContainer(connector.id)).State.Health?.Status === 'healthy',
  );
  expect(await docker(['exec', connector.id, 'asana-audit-kafka', 'status'])).toContain('live');

  const before = Date.now();
  expect(await connector.end('SIGTERM')).toBe(0);
  expect(Date.now() - before).toBeLessThan(9_000);

  const verified = await runInImage(['verify', '--ledger'], environment);
  expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);
});

test('killed with -9 again and again while it catches up, it goes on, and every event is there once', async (context) => {
  const flags = ['--events', String(EVENTS), '--rate', '0', '--latency', '20ms', '--page-size', '200'];
  const environment = await simulateInImage(context, 'simulator-kill', flags);
  for (let kill = 0; kill < 2; kill++) {
    const connector = await startInImage(context, environment);
    await eventually('something is committed', async () => (await metricAt(connector.url, COMMITTED)) > 0);
    expect(await connector.end('SIGKILL')).toBe(137);
  }
  const killed = await keysIn('simulator-kill.events');
  expect(killed.length).toBeLessThan(EVENTS);

  const rest = await runInImage(['run', '--until-caught-up'], environment);

  expect(rest.exitCode, rest.stderr).toBe(0);
  expect(new Set(await keysIn('simulator-kill.events')).size).toBe(EVENTS);
  expect(await keysIn('simulator-kill.events')).toHaveLength(EVENTS);
  const verified = await runInImage(['verify'], environment);
  expect(verified.exitCode, verified.stdout).toBe(0);
  expect(verified.stdout).toContain('  proven: ');
});
