import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../dev/wait.ts';
import { docker, type Inspected, inspectContainer, tryDocker } from './docker.ts';
import { metricAt } from './in-image.ts';

// Grafana's image is not to be had everywhere; test/ops/compose.test.ts looks at what it is given.
const SERVICES = ['kafka', 'registry', 'simulator', 'connector', 'prometheus'] as const;
const COMMITTED = 'asana_audit_events_committed_total';
// Beside whatever else of this file may run here, and on ports that nobody has.
const PROJECT = `asana-audit-test-${process.pid}`;
const PORTS = { CONNECTOR_PORT: '', PROMETHEUS_PORT: '', GRAFANA_PORT: '' };

/** Two hundred thousand events and a verification of them, on cores that others use too. */
const TIMEOUT_MS = 280_000;

/** Resolves once `reached` is true; one that throws has not been reached yet. */
const eventually = (what: string, reached: () => Promise<boolean>) =>
  waitUntil(async () => (await reached()) || undefined, { what, timeoutMs: TIMEOUT_MS / 2, intervalMs: 500 });

const compose = (...args: string[]) => docker(['compose', '--project-name', PROJECT, ...args], PORTS);

async function inspectService(service: string): Promise<Inspected> {
  return inspectContainer((await compose('ps', '--all', '--quiet', service)).trim());
}

const addressOf = async (service: string, port: number) =>
  `http://${(await compose('port', service, String(port))).trim()}`;

beforeAll(async () => {
  await compose('up', '--detach', '--wait', '--wait-timeout', '240', ...SERVICES);
});
afterAll(async () => {
  await tryDocker(['compose', '--project-name', PROJECT, 'down', '--volumes', '--timeout', '10'], PORTS);
});

test('all services are healthy, each started after those that it needs', async () => {
  const services = new Map<string, Inspected>();
  for (const service of SERVICES) services.set(service, await inspectService(service));
  const startOf = (service: string) => Date.parse(services.get(service)?.State.StartedAt ?? '');

  for (const [service, { State }] of services)
    expect([service, State.Health?.Status]).toEqual([service, 'healthy']);
  expect(startOf('connector')).toBeGreaterThan(Math.max(...['kafka', 'registry', 'simulator'].map(startOf)));
  expect(startOf('prometheus')).toBeGreaterThan(startOf('connector'));
});

test(
  'the connector catches up with 200,000 events, follows new ones, and proves that each is there once',
  async () => {
    const url = await addressOf('connector', 9464);
    await eventually('the backlog is committed', async () => (await metricAt(url, COMMITTED)) > 200_000);
    const soFar = await metricAt(url, COMMITTED);
    await eventually('new events are committed', async () => (await metricAt(url, COMMITTED)) > soFar);

    expect(await compose('exec', '-T', 'connector', 'asana-audit-kafka', 'verify')).toContain('  proven: ');
  },
  TIMEOUT_MS,
);

test('Prometheus scrapes the connector and has loaded every alert rule', async () => {
  const ask = async (path: string) => {
    const answer = await fetch(`${await addressOf('prometheus', 9090)}/api/v1/${path}`);
    return JSON.parse(await answer.text()).data;
  };
  await eventually('the target is up', async () => {
    const { activeTargets } = await ask('targets');
    return activeTargets.some(
      ({ health, scrapeUrl }: Record<string, string>) =>
        health === 'up' && scrapeUrl === 'http://connector:9464/metrics',
    );
  });

  const { groups } = await ask('rules');
  const rules: { name: string; health: string }[] = groups.flatMap(({ rules }: { rules: [] }) => rules);
  expect(rules.length).toBeGreaterThan(10);
  await eventually('every rule has been evaluated', async () => {
    const { groups: evaluated } = await ask('rules');
    return evaluated.every(({ rules }: { rules: { health: string }[] }) =>
      rules.every(({ health }) => health === 'ok'),
    );
  });
});

test('our containers may write nowhere and have no capability, and the token is in no environment', async () => {
  for (const service of ['connector', 'simulator']) {
    const { HostConfig, Config } = await inspectService(service);
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
    expect(Config.Env.join()).not.toContain('simulator-token');
  }
});

test('stopped, the connector and the simulator end by themselves with 0', async () => {
  await compose('stop', '--timeout', '10', 'connector', 'simulator');

  for (const service of ['connector', 'simulator']) {
    const { State } = await inspectService(service);
    expect([service, State.ExitCode, State.OOMKilled]).toEqual([service, 0, false]);
  }
});
