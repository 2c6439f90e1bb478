import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type KafkaCluster, startKafka } from '../../dev/kafka.ts';
import { environmentFor, runConnector } from '../support/connector.ts';
import { recordsOf } from '../support/topic.ts';
import { administer, createTopic, simulate, startLive } from './scene.ts';

const WORKSPACE = '1201234567890123';

describe('check', () => {
  test('finds nothing wrong, says what will be created, and creates nothing', async (context) => {
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor('check-right', source);
    const first = await runConnector(['check'], environment);
    const second = await runConnector(['check'], environment);
    expect(first.exitCode, first.stdout).toBe(0);
    expect(first.stdout).toContain('topic check-right.events: will be created with 6 partitions');
    expect(first.stdout).toContain('the schema will be registered');
    expect(first.stdout).toContain('Asana’s: within 5 s');
    expect(first.stdout).not.toMatch(/^(WRONG|skipped)/m);
    expect(second.stdout).toBe(first.stdout);
  });

  test('does not fence a connector that runs, and knows it at its port', async (context) => {
    const source = await simulate(context, { events: 300, rate: 20 });
    const environment = environmentFor('check-beside', source);
    const connector = await startLive(context, environment);
    await expect.poll(() => connector.log(), { timeout: 30_000 }).toContain('caught up');
    const port = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(await connector.log())?.[1] ?? '';
    const sessions = async () =>
      (await recordsOf('check-beside.state')).filter(({ key }) => String(key).endsWith('/session')).length;
    const before = await sessions();

    const { exitCode, stdout } = await runConnector(['check'], { ...environment, HTTP_PORT: port });

    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain('a connector runs there, with 1 stream');
    expect(stdout).toMatch(/warn {4}Kafka, topic check-beside\.events: fits.*fewer than 3 replicas/);
    const committed = (await connector.committedEvents()) ?? 0;
    await expect.poll(() => connector.committedEvents(), { timeout: 10_000 }).toBeGreaterThan(committed);
    expect(await sessions()).toBe(before);
    expect(await connector.log()).not.toContain('KAFKA_FENCED');
  });

  test('says of everything that is wrong what to do, and ends with 1', async (context) => {
    const source = await simulate(context, { events: 10, plan: 'business' });
    await createTopic('check-wrong.events', 1, { 'retention.ms': '604800000' });
    await createTopic('check-wrong.state', 1, { 'cleanup.policy': 'delete' });
    await createTopic('check-wrong.events.dead-letters', 1, { 'min.insync.replicas': '2' });
    const environment = environmentFor('check-wrong', source, {
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9/apis',
      KAFKA_TRANSACTION_TIMEOUT: '20m',
    });
    const { exitCode, stdout } = await runConnector(['check'], environment);
    expect(stdout).toMatch(/^ok {6}Asana accepts the token/m);
    expect(stdout).toMatch(/^WRONG {3}Asana, audit log of workspace \d+: Asana answered 402/m);
    expect(stdout).toMatch(/^skipped Clock/m);
    expect(stdout).toMatch(/^WRONG {3}Kafka, topic check-wrong.events: .*set retention.ms=-1/m);
    expect(stdout).toMatch(/^WRONG {3}Kafka, topic check-wrong.state: .*set cleanup.policy=compact/m);
    expect(stdout).toMatch(
      /^WRONG {3}Kafka, topic check-wrong.events.dead-letters: .*nothing can be written/m,
    );
    expect(stdout).toMatch(/^WRONG {3}Kafka, transaction timeout: .*900000/m);
    expect(stdout).toMatch(/^WRONG {3}Schema registry/m);
    expect(stdout.match(/next step: /g)).toHaveLength(6);
    expect(exitCode).toBe(1);
  });

  test('tells what Asana refuses apart: token, workspace, audit log', async (context) => {
    const source = await simulate(context, { events: 10, personalToken: 'mine' });
    const environment = environmentFor('check-asana', source);
    const statusOf = async (more: Record<string, string>) => {
      const { exitCode, stdout } = await runConnector(['check', '--json'], { ...environment, ...more });
      expect(exitCode).toBe(1);
      const results = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ subject }) => subject.startsWith('Asana'));
      return results.map(({ status, code }) => code ?? status);
    };
    expect(await statusOf({ ASANA_TOKEN: 'nobodys' })).toEqual(['ASANA_UNAUTHORIZED', 'skipped', 'skipped']);
    expect(await statusOf({ ASANA_WORKSPACES: '404' })).toEqual(['ok', 'ASANA_WORKSPACE_UNKNOWN', 'skipped']);
    expect(await statusOf({ ASANA_TOKEN: 'mine' })).toEqual(['ok', 'skipped', 'ASANA_FORBIDDEN']);
  });

  test('refuses a token file that everybody can read, as run does, and never prints the token', async (context) => {
    const source = await simulate(context, { events: 10 });
    const file = join(await mkdtemp(join(tmpdir(), 'token-')), 'token');
    await writeFile(file, 'simulator-token\n', { mode: 0o644 });
    const environment = environmentFor('check-token', source, { ASANA_TOKEN: '', ASANA_TOKEN_FILE: file });
    const looked = await runConnector(['check'], environment);
    const ran = await runConnector(['run'], environment);
    expect(looked.stdout).toMatch(/^WRONG {3}Token for workspace \d+: .*everybody .* chmod 640/m);
    expect(ran.stderr).toMatch(/CONFIG_INVALID.*everybody .* chmod 640/);
    expect([looked.exitCode, ran.exitCode]).toEqual([2, 2]);
    expect(looked.stdout + looked.stderr + ran.stdout + ran.stderr).not.toContain('simulator-token');
  });

  test('finds a schema that the subject would not take, and registers nothing', async (context) => {
    const source = await simulate(context, { events: 10 });
    const subject = `${inject('schemaRegistryUrl')}/subjects/check-schema.events-value/versions`;
    const schema = JSON.stringify({ type: 'record', name: 'Other', fields: [{ name: 'a', type: 'int' }] });
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
    await fetch(subject, { method: 'POST', headers, body: JSON.stringify({ schema }) });
    await fetch(subject.replace(/subjects\/(.*)\/versions/, 'config/$1'), {
      method: 'PUT',
      headers,
      body: JSON.stringify({ compatibility: 'FULL' }),
    });
    const { exitCode, stdout } = await runConnector(['check'], environmentFor('check-schema', source));
    expect(stdout).toMatch(/WRONG {3}Schema registry.*not compatible.*\(SCHEMA_INCOMPATIBLE\)/);
    expect(exitCode).toBe(1);
    expect(await (await fetch(subject)).json()).toEqual([1]);
  });
});

describe('check, where Kafka has ACLs', () => {
  const { TOPIC, TRANSACTIONAL_ID, CLUSTER } = AclResourceTypes;
  const { WRITE, READ, DESCRIBE, DESCRIBE_CONFIGS, CREATE } = AclOperationTypes;
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka({
      brokers: 1,
      overrides: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'allow.everyone.if.no.acl.found': 'true',
      },
    });
  });
  afterAll(() => kafka?.close());

  type Denied = [resourceType: AclResourceTypes, resourceName: string, operation: AclOperationTypes];

  async function whileDenied<T>(
    [resourceType, resourceName, operation]: Denied,
    work: () => Promise<T>,
  ): Promise<T> {
    const resource = { resourceType, resourceName, resourcePatternType: ResourcePatternTypes.LITERAL };
    const all = { principal: 'User:ANONYMOUS', host: '*' };
    const brokers = kafka.bootstrapServers;
    await administer(
      (admin) =>
        admin.createAcls({
          acl: [
            {
              ...resource,
              ...all,
              operation: AclOperationTypes.ALL,
              permissionType: AclPermissionTypes.ALLOW,
            },
            { ...resource, ...all, operation, permissionType: AclPermissionTypes.DENY },
          ],
        }),
      brokers,
    );
    try {
      return await work();
    } finally {
      const any = { operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY };
      await administer((admin) => admin.deleteAcls({ filters: [{ ...resource, ...any }] }), brokers);
    }
  }

  test('names what is not allowed, and leaves no trace', async (context) => {
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor('acl', source, { KAFKA_BROKERS: kafka.bootstrapServers });
    expect((await runConnector(['run', '--until-caught-up'], environment)).exitCode).toBe(0);
    const id = `acl-${WORKSPACE}`;
    const cases: [Denied, string][] = [
      [[TOPIC, 'acl.events', WRITE], 'Kafka, access to acl.events: writing'],
      [[TOPIC, 'acl.state', READ], 'Kafka, access to acl.state: reading'],
      [[TOPIC, 'acl.state', DESCRIBE_CONFIGS], 'Kafka, topic acl.state: describing'],
      [[TRANSACTIONAL_ID, id, DESCRIBE], `Kafka, transactional id ${id}: using`],
      [[TRANSACTIONAL_ID, id, WRITE], `Kafka, transactional id ${id}: using`],
    ];
    for (const [denied, line] of cases) {
      const { exitCode, stdout } = await whileDenied(denied, () => runConnector(['check'], environment));
      expect(stdout).toContain(`WRONG   ${line}`);
      expect(stdout).toContain('(KAFKA_UNAUTHORIZED)');
      expect(exitCode).toBe(1);
    }
    const fresh = { ...environment, EVENTS_TOPIC: 'acl-fresh.events' };
    const { stdout } = await whileDenied([CLUSTER, 'kafka-cluster', CREATE], () =>
      whileDenied([TOPIC, 'acl-fresh.events', CREATE], () => runConnector(['check'], fresh)),
    );
    expect(stdout).toMatch(/WRONG {3}Kafka, topic acl-fresh\.events: creating .*\(KAFKA_UNAUTHORIZED\)/);
    expect((await runConnector(['check'], environment)).exitCode).toBe(0);
    const topics = await administer((admin) => admin.listTopics(), kafka.bootstrapServers);
    expect(topics.filter((topic) => topic.startsWith('acl'))).toEqual(
      expect.not.arrayContaining(['acl-fresh.events']),
    );
  });
});
