import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { readToEnd } from '../../src/kafka/read-to-end.ts';
import { type Environment, environmentOn, runToEnd } from '../faults/connector.ts';
import { timeToNextCommit } from '../faults/progress.ts';
import { type ProxiedKafka, startProxiedKafka } from '../faults/proxied-kafka.ts';
import { TransactionWatch } from '../faults/transaction-watch.ts';
import { eventually, gidsOf } from '../support/connector.ts';
import { silentLog } from '../support/silent-log.ts';
import { administer, type Source, simulate, startLive } from './scene.ts';

const COMMIT_TIMEOUT_MS = 30_000;
const RUN_TIMEOUT_MS = 20_000;
/** Longer than it takes to ask where the transaction pins the topic: asked behind its end, that would never move. */
const TRANSACTION_TIMEOUT_MS = 5_000;
const WORKSPACE = '1201234567890123';
const never = new AbortController().signal;

let watch: TransactionWatch;
let kafka: ProxiedKafka;
let client: KafkajsClient;

beforeAll(async () => {
  kafka = await startProxiedKafka((exchange) => watch.see(exchange), {
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // Whoever connects is ANONYMOUS here, the broker itself too: only what a test denies is denied.
    'allow.everyone.if.no.acl.found': 'true',
  });
  const options = { clientId: 'test', transactionTimeoutMs: 30_000, compression: 'none' } as const;

  client = new KafkajsClient({ ...options, brokers: [kafka.direct] }, silentLog, systemClock, Math.random);
});
afterAll(async () => {
  await client?.close();
  await kafka?.close();
});
const watchTopicsOf = (name: string) => {
  watch = new TransactionWatch({ events: `${name}.events`, state: `${name}.state` }, () => undefined);
};
beforeEach(() => watchTopicsOf('nobody'));

function environmentFor(name: string, source: Source, more: Environment = {}): Environment {
  const registryUrl = inject('schemaRegistryUrl');
  return environmentOn({ name, asanaUrl: source.baseUrl, brokers: kafka.proxied, registryUrl }, more);
}
const runUntilCaughtUp = (environment: Environment) =>
  runToEnd(['run', '--until-caught-up'], environment, RUN_TIMEOUT_MS);

async function keysIn(topic: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of readToEnd(client, topic, never)) keys.push(String(key));
  return keys.sort();
}

async function lastStableOffset(topic: string): Promise<number> {
  for await (const batch of client.fetchCommitted(topic, 0, 'earliest', never)) return batch.lastStableOffset;
  throw new Error('the reader ended');
}

test('a transaction that times out in the middle of its sends ends the session and not the process: the next one goes on, and nothing is there twice', async (context) => {
  const source = await simulate(context, { events: 300, rate: 50 });
  const environment = environmentFor('timed-out', source, {
    EVENTS_TOPIC_PARTITIONS: '1',
    KAFKA_TRANSACTION_TIMEOUT: `${TRANSACTION_TIMEOUT_MS}ms`,
  });
  watchTopicsOf('timed-out');
  const connector = await startLive(context, environment);
  await timeToNextCommit(connector, 'before it is stopped', COMMIT_TIMEOUT_MS);

  // Connects, which under load takes longer than the rest.
  await lastStableOffset('timed-out.events');
  const stopped = Promise.withResolvers<string>();
  watch.aim('begin sent', 1, (state) => {
    connector.kill('SIGSTOP');
    stopped.resolve(state);
  });
  expect(await stopped.promise).toBe('open');
  const pinned = await lastStableOffset('timed-out.events');
  await eventually(
    'the broker has aborted the transaction',
    async () => (await lastStableOffset('timed-out.events')) > pinned,
  );
  watch.reset();
  connector.kill('SIGCONT');

  await timeToNextCommit(connector, 'after its transaction has timed out', COMMIT_TIMEOUT_MS);
  expect(await connector.log()).toContain('"code":"KAFKA_TRANSACTION_TIMEOUT"');
  await source.change({ rate: 0 });
  expect(await connector.stop(9_000)).toEqual({ code: 0, signal: null });
  expect((await runUntilCaughtUp(environment)).exitCode).toBe(0);
  expect(await keysIn('timed-out.events')).toEqual(gidsOf(source));
});

type Resource = readonly [type: AclResourceTypes, name: string];
const DENIED = AclPermissionTypes.DENY;
const ALLOWED = AclPermissionTypes.ALLOW;
const acl = ([resourceType, resourceName]: Resource, operation: AclOperationTypes) => ({
  resourceType,
  resourceName,
  operation,
  resourcePatternType: ResourcePatternTypes.LITERAL,
  principal: 'User:ANONYMOUS',
  host: '*',
});

/** From now on everything is allowed there but `operation`. */
const deny = (resource: Resource, operation: AclOperationTypes) =>
  administer(
    (admin) =>
      admin.createAcls({
        acl: [
          { ...acl(resource, AclOperationTypes.ALL), permissionType: ALLOWED },
          { ...acl(resource, operation), permissionType: DENIED },
        ],
      }),
    kafka.direct,
  );

const allowAllAgain = ([resourceType, resourceName]: Resource) =>
  administer(
    (admin) =>
      admin.deleteAcls({
        filters: [
          {
            resourceType,
            resourceName,
            resourcePatternType: ResourcePatternTypes.LITERAL,
            operation: AclOperationTypes.ANY,
            permissionType: AclPermissionTypes.ANY,
          },
        ],
      }),
    kafka.direct,
  );

describe('an ACL that is revoked', () => {
  const { TOPIC, TRANSACTIONAL_ID, CLUSTER } = AclResourceTypes;
  const { WRITE, READ, DESCRIBE, DESCRIBE_CONFIGS, CREATE } = AclOperationTypes;

  test.for<[string, Resource, AclOperationTypes, RegExp]>([
    ['Write on the events topic', [TOPIC, 'acl-0.events'], WRITE, /acl-0\.events/],
    [
      'Write on the transactional id',
      [TRANSACTIONAL_ID, `acl-1-${WORKSPACE}`],
      WRITE,
      new RegExp(`acl-1-${WORKSPACE}`),
    ],
  ])(
    '%s, while the connector runs: it ends with 1 and names it, and goes on once it is given back',
    async ([_what, resource, operation, named], context) => {
      const name = /acl-\d/.exec(resource[1])?.[0] ?? '';
      const source = await simulate(context, { events: 300, rate: 50 });
      const environment = environmentFor(name, source);
      const connector = await startLive(context, environment);
      await timeToNextCommit(connector, 'before the ACL is revoked', COMMIT_TIMEOUT_MS);

      await deny(resource, operation);

      expect(await connector.exited).toEqual({ code: 1, signal: null });
      const last = (await connector.log()).trimEnd().split('\n').at(-1);
      expect(last).toContain('(KAFKA_UNAUTHORIZED); next step');
      expect(last).toMatch(named);
      await source.change({ rate: 0 });
      await allowAllAgain(resource);
      expect((await runUntilCaughtUp(environment)).exitCode).toBe(0);
      expect(await keysIn(`${name}.events`)).toEqual(gidsOf(source));
    },
  );

  test('before the next start ends that with 1, and names it', async (context) => {
    const source = await simulate(context, { events: 300 });
    const environment = environmentFor('acl-start', source);
    expect((await runUntilCaughtUp(environment)).exitCode).toBe(0);
    const refusals: string[] = [];
    const cases: [Resource, AclOperationTypes][] = [
      [[TOPIC, 'acl-start.state'], WRITE],
      [[TOPIC, 'acl-start.state'], READ],
      [[TOPIC, 'acl-start.events'], READ],
      [[TOPIC, 'acl-start.state'], DESCRIBE_CONFIGS],
      [[TRANSACTIONAL_ID, `acl-start-${WORKSPACE}`], DESCRIBE],
    ];
    for (const [resource, operation] of cases) {
      await deny(resource, operation);
      const { exitCode, stderr } = await runUntilCaughtUp(environment);
      await allowAllAgain(resource);
      const last = stderr.trimEnd().split('\n').at(-1) ?? '';
      refusals.push(
        `${exitCode} ${last.includes('(KAFKA_UNAUTHORIZED)') && last.includes(resource[1])} ${last}`,
      );
    }
    for (const refusal of refusals) expect(refusal).toMatch(/^1 true /);
    expect((await runUntilCaughtUp(environment)).exitCode).toBe(0);
    expect(await keysIn('acl-start.events')).toEqual(gidsOf(source));
  });

  test('to create topics, before the first start: it ends with 1, and names the topic', async (context) => {
    const source = await simulate(context, { events: 10 });
    const resources: Resource[] = [
      [CLUSTER, 'kafka-cluster'],
      [TOPIC, 'acl-create.state'],
    ];
    for (const resource of resources) await deny(resource, CREATE);
    const { exitCode, stderr } = await runUntilCaughtUp(environmentFor('acl-create', source));
    for (const resource of resources) await allowAllAgain(resource);
    expect(stderr).toMatch(/creating the topic acl-create\.state: .*\(KAFKA_UNAUTHORIZED\)/);
    expect(exitCode).toBe(1);
  });
});
