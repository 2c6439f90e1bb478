import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { OPTIONS, TOKEN_FILE_PREFIX } from '../../src/config/options.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
}

const file = parse(read('docker-compose.yml'), { merge: true });
const services: Readonly<Record<string, Service>> = file.services;

/** Where the host's file or folder is, by its place in the container. */
const mountsOf = (service: string): Map<string, string> =>
  new Map(
    services[service]?.volumes?.map((volume) => {
      const [source = '', target = '', mode] = volume.split(':');
      expect(mode, `${service}: ${volume}`).toBe('ro');
      return [target, source];
    }),
  );

test('every file and folder that it mounts is there', () => {
  const sources = Object.keys(services).flatMap((service) => [...mountsOf(service).values()]);
  const secrets: { file: string }[] = Object.values(file.secrets);
  const paths = [...sources, ...secrets.map((secret) => secret.file)];

  expect(paths.length).toBeGreaterThan(3);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('every service has a health check, and waits for the health of those that it names', () => {
  for (const [name, { healthcheck, depends_on = {} }] of Object.entries(services)) {
    expect([name, typeof healthcheck]).toEqual([name, 'object']);
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      expect([name, needed, condition]).toEqual([name, needed, 'service_healthy']);
      expect(Object.keys(services)).toContain(needed);
    }
  }
  expect(Object.keys(services.connector?.depends_on ?? {}).sort()).toEqual([
    'kafka',
    'registry',
    'simulator',
  ]);
});

test('every variable of the connector is one that it knows, with a text for a value', () => {
  const variables = Object.entries(services.connector?.environment ?? {});

  expect(variables.map(([name]) => name)).toContain('ASANA_WORKSPACES');
  expect(variables.filter(([name]) => !(name in OPTIONS) && !name.startsWith(TOKEN_FILE_PREFIX))).toEqual([]);
  for (const [name, value] of variables) expect([name, typeof value]).toEqual([name, 'string']);
});

test('what is published is so on this machine alone', () => {
  for (const port of Object.values(services).flatMap(({ ports = [] }) => ports))
    expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('no image of others is of whatever version is the latest', () => {
  for (const { image } of Object.values(services))
    expect(image === 'asana-audit-kafka' || /:v?\d+\.\d+\.\d+$/.test(image), image).toBe(true);
});

test('Prometheus is given the rules, and scrapes the connector where it listens', () => {
  expect(mountsOf('prometheus').get('/etc/prometheus')).toBe('./ops/prometheus');
  const { rule_files, scrape_configs } = parse(read('ops/prometheus/prometheus.yml'));
  for (const rules of rule_files) expect(existsSync(join(ROOT, 'ops/prometheus', rules))).toBe(true);
  expect(scrape_configs[0].static_configs[0].targets).toEqual(['connector:9464']);
  expect(services.connector?.ports?.[0]).toMatch(/:9464$/);
});

// Grafana's image cannot be had where this is tested: what it is given is looked at instead.
test('Grafana is given its provisioning, the dashboards where that looks for them, and a Prometheus that is there', () => {
  const mounts = mountsOf('grafana');
  const provisioning = mounts.get('/etc/grafana/provisioning') ?? '';
  const { providers } = parse(read(join(provisioning, 'dashboards/asana-audit-kafka.yml')));
  const { datasources } = parse(read(join(provisioning, 'datasources/prometheus.yml')));
  const dashboards = mounts.get(providers[0].options.path) ?? '';

  const home = services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
  expect(home).toBe(join(providers[0].options.path, 'asana-audit-kafka.json'));
  const { uid, templating } = JSON.parse(read(join(dashboards, 'asana-audit-kafka.json')));
  expect(uid).toBe('asana-audit-kafka');
  const source = templating.list.find(({ type }: { type: string }) => type === 'datasource');
  expect(source.query).toBe(datasources[0].type);
  const url = new URL(datasources[0].url);
  expect(Object.keys(services)).toContain(url.hostname);
  expect(services[url.hostname]?.ports?.[0]).toMatch(new RegExp(`:${url.port}$`));
});
