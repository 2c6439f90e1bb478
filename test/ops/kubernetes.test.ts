import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { OPTIONS, TOKEN_FILE_PREFIX } from '../../src/config/options.ts';
import { OPS } from './rules-file.ts';

const FOLDER = join(OPS, 'kubernetes');

const read = (file: string) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { version: '1.1' }).map((document) => {
    expect([file, document.errors, document.warnings]).toEqual([file, [], []]);
    return document.toJS();
  });

/** What `kubectl apply -f` takes of a folder. */
const manifests = readdirSync(FOLDER)
  .filter((file) => /\.(yaml|yml|json)$/.test(file))
  .flatMap(read);
const [secret] = read('secret.yaml.example');

const find = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
const deployment = find('Deployment');
const { spec: pod, metadata } = deployment.spec.template;
const [connector] = pod.containers;

test('there is one of each kind, all by one name; to apply the folder does not overwrite the secret', () => {
  expect(manifests.map(({ kind }) => kind).sort()).toEqual([
    'ConfigMap',
    'Deployment',
    'NetworkPolicy',
    'Service',
  ]);
  for (const manifest of [...manifests, secret]) expect(manifest.metadata.name).toBe('asana-audit-kafka');
});

test('every variable is one of the connector', () => {
  const names = [
    ...Object.keys(find('ConfigMap').data),
    ...(connector.env ?? []).map(({ name }: { name: string }) => name),
  ];

  expect(names).toContain('ASANA_WORKSPACES');
  expect(names.filter((name) => !(name in OPTIONS) && !name.startsWith(TOKEN_FILE_PREFIX))).toEqual([]);
});

test('every value is a text: Kubernetes refuses a number or a boolean', () => {
  for (const value of Object.values(find('ConfigMap').data)) expect(typeof value).toBe('string');
});

test('the token file is a key of the secret, where the pod mounts it, and not readable by everybody', () => {
  const [volume] = pod.volumes;
  const [mount] = connector.volumeMounts;
  const [key] = Object.keys(secret.stringData);

  expect(find('ConfigMap').data.ASANA_TOKEN_FILE).toBe(`${mount.mountPath}/${key}`);
  expect(mount).toMatchObject({ name: volume.name, readOnly: true });
  expect(volume.secret.secretName).toBe(secret.metadata.name);
  // YAML 1.1, which Kubernetes reads, takes 0440 for an octal number.
  expect(volume.secret.defaultMode.toString(8)).toBe('440');
  expect(pod.securityContext.fsGroup).toBe(pod.securityContext.runAsGroup);
});

test('an instance ends before the next one starts, and is asked by the paths that there are', () => {
  expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  expect(connector.livenessProbe.httpGet.path).toBe('/livez');
  expect(connector.readinessProbe.httpGet.path).toBe('/readyz');
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(8);
});

test('service, probes and Prometheus mean the port that the connector listens on', () => {
  const [port] = connector.ports;
  const [servicePort] = find('Service').spec.ports;

  expect(String(port.containerPort)).toBe(OPTIONS.HTTP_PORT.default);
  expect(metadata.annotations['prometheus.io/port']).toBe(OPTIONS.HTTP_PORT.default);
  expect([servicePort.targetPort, connector.livenessProbe.httpGet.port]).toEqual([port.name, port.name]);
  expect(find('Service').spec.selector).toEqual(metadata.labels);
  expect(deployment.spec.selector.matchLabels).toEqual(metadata.labels);
  const { podSelector, ingress } = find('NetworkPolicy').spec;
  expect(podSelector.matchLabels).toEqual(metadata.labels);
  expect(ingress[0].ports).toEqual([{ port: port.name }]);
});

test('the container may do nothing that the image does not need', () => {
  expect(connector.securityContext).toEqual({
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  });
  const [, user] = /^USER (\d+):/m.exec(readFileSync(join(OPS, '../Dockerfile'), 'utf8')) ?? [];
  expect(String(pod.securityContext.runAsUser)).toBe(user);
  expect(pod.securityContext.runAsNonRoot).toBe(true);
});
