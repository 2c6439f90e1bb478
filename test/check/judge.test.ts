import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Check, NotKnown, runChecks } from '../../src/check/check.ts';
import { clockCheck, judgeClock } from '../../src/check/clock.ts';
import { dnsChecks, tlsCheck } from '../../src/check/network.ts';
import { portCheck } from '../../src/check/port.ts';
import { topicWarnings, whyUnwritable } from '../../src/check/topic-warnings.ts';
import { ConnectorError } from '../../src/errors.ts';
import { stateRequirement } from '../../src/kafka/topics.ts';
import { loadWith } from '../config/environment.ts';

const TOPICS = {
  eventsTopic: 'e',
  stateTopic: 's',
  eventsPartitions: 1,
  statePartitions: 1,
  replicationFactor: 3,
  eventsRetentionMs: -1,
  allowShortRetention: false,
};
const never = new AbortController().signal;
// It makes the certificate; Node cannot.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test('checks are looked at in order; what builds on one that is wrong, or not known, is skipped because of that one', async () => {
  const check = (subject: string, look: Check['look'], ...after: Check[]): Check => ({
    subject,
    look,
    after,
  });
  const right = check('right', async () => ({ detail: 'is' }));
  const wrong = check(
    'wrong',
    () => Promise.reject(new ConnectorError('TOPIC_UNFIT', 'does not fit')),
    right,
  );
  const unknown = check('unknown', () => Promise.reject(new NotKnown('not to be seen')));
  const onWrong = check('on wrong', async () => ({ detail: 'never' }), wrong);
  const any = (...afterAnyOf: Check[]) => ({
    ...check('on any', async () => ({ detail: 'is' })),
    afterAnyOf,
  });
  const checks = [
    right,
    check('warns', async () => ({ detail: 'is', warning: 'not for long' })),
    wrong,
    onWrong,
    check('on that', async () => ({ detail: 'never' }), right, onWrong),
    unknown,
    check('on unknown', async () => ({ detail: 'never' }), unknown),
    check('fails', () => Promise.reject(new TypeError('x'))),
    any(wrong, right),
    any(wrong, unknown),
    any(),
  ];
  const seen: string[] = [];
  const looked: string[] = [];
  await runChecks(
    checks,
    {
      onLook: (subject) => looked.push(subject),
      onResult: ({ subject, status, detail }) => seen.push(`${status} ${subject}: ${detail}`),
    },
    never,
  );
  expect(looked).toEqual(['right', 'warns', 'wrong', 'unknown', 'fails', 'on any', 'on any']);
  expect(seen).toEqual([
    'ok right: is',
    'warn warns: is; not for long',
    'wrong wrong: does not fit',
    'skipped on wrong: not checked because of: wrong',
    'skipped on that: not checked because of: wrong',
    'skipped unknown: not to be seen',
    'skipped on unknown: not checked because of: unknown',
    'wrong fails: x',
    'ok on any: is',
    'skipped on any: not checked because of: wrong',
    'ok on any: is',
  ]);
});

describe('the clock', () => {
  test.each([
    [0, undefined],
    [-5_000, undefined],
    [5_000, undefined],
  ])('%i ms ahead is well', (aheadMs, limit) => {
    expect(judgeClock(aheadMs, limit)).toEqual({ detail: 'within 5 s' });
  });

  test('more than seconds apart is warned about, either way', () => {
    expect(judgeClock(6_000, undefined)).toMatchObject({
      detail: '6 s ahead',
      warning: expect.stringContaining('NTP'),
    });
    expect(judgeClock(-7_200_000, 3_600_000)).toMatchObject({ detail: '7200 s behind' });
  });

  test('is wrong where Kafka would refuse its time, or dead letters would not be found again', () => {
    expect(() => judgeClock(3_600_000, 3_600_000)).toThrow(/takes no record that is 3600 s ahead/);
    expect(() => judgeClock(-86_400_000, undefined)).toThrow(/written twice/);
  });

  // Found by reading: Kafka 3.6 to 3.9 obeys the deprecated setting where the newer one has its default.
  test('is wrong where Kafka would refuse its time by the deprecated setting', async () => {
    const limits = {
      'message.timestamp.after.max.ms': '9223372036854775807',
      'message.timestamp.difference.max.ms': '3600000',
    };
    const topic = { partitions: 1, replicationFactor: 1, settings: new Map(Object.entries(limits)) };
    const kafka = { describeTopic: async () => topic };
    const page = { events: [], offset: null, asOfMs: 0, nowMs: 0, sizeBytes: 0, roundTripMs: 0 };
    const asana = { subject: 'Asana', look: async () => ({ detail: 'answers' }) };
    const { look } = clockCheck(asana, async () => ({ page, aheadMs: 7_200_000 }), kafka, TOPICS);
    await expect(look(never)).rejects.toThrow(/takes no record that is 3600 s ahead/);
  });
});

describe('a topic that fits', () => {
  const created = stateRequirement(TOPICS).create;
  const topic = (replicationFactor: number, settings: Record<string, string> = {}) => ({
    partitions: 1,
    replicationFactor,
    settings: new Map(
      Object.entries({ 'min.insync.replicas': '2', 'max.message.bytes': '10485760', ...settings }),
    ),
  });

  test('is not warned about as production should have it', () => {
    expect(topicWarnings(topic(3), created)).toEqual([]);
  });

  test.each([
    [topic(1, { 'min.insync.replicas': '1' }), /fewer than 3 replicas/],
    [topic(3, { 'min.insync.replicas': '1' }), /one broker only/],
    [topic(3, { 'min.insync.replicas': '3' }), /one broker that is down stops/],
    [topic(3, { 'unclean.leader.election.enable': 'true' }), /unclean/],
    [topic(3, { 'max.message.bytes': '1048588' }), /at most 55,188 events; set 10485760/],
  ])('is warned about where it may lose or stop', (description, message) => {
    const warnings = topicWarnings(description, created);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(message);
  });

  test('cannot be written with more replicas in sync than there are', () => {
    expect(whyUnwritable(topic(1))).toMatch(/nothing can be written/);
    expect(whyUnwritable(topic(2))).toBeUndefined();
  });
});

test('names are looked up once each, and addresses not at all', async () => {
  const config = loadWith({
    ASANA_BASE_URL: 'https://nowhere.invalid',
    KAFKA_BROKERS: 'localhost:1,localhost:2,127.0.0.1:3,[::1]:4',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:5',
  });
  const { all: checks, asana, brokers, registry } = dnsChecks(config);
  expect(checks.map(({ subject }) => subject)).toEqual(['DNS, nowhere.invalid', 'DNS, localhost']);
  expect({ asana, brokers, registry }).toEqual({ asana: [checks[0]], brokers: [], registry: [] });
  await expect(checks[0]?.look(never)).rejects.toMatchObject({ code: 'ASANA_UNREACHABLE' });
  await expect(checks[1]?.look(never)).resolves.toMatchObject({ detail: expect.stringContaining('1') });
});

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('TLS', () => {
  const look = (url: string) => tlsCheck(new URL(url), Date.now, []).look(never);

  test('is not needed to this machine, and missed to any other', async () => {
    expect(await look('http://127.0.0.1:1')).not.toHaveProperty('warning', expect.any(String));
    expect(await look('http://asana.example')).toHaveProperty(
      'warning',
      expect.stringContaining('use https'),
    );
  });

  test('of a server that speaks none is wrong', async () => {
    const plain = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(look(`https://127.0.0.1:${await portOf(plain)}`)).rejects.toMatchObject({
      code: 'ASANA_UNREACHABLE',
    });
  });

  test.skipIf(!hasOpenssl)(
    'of a certificate that nobody vouches for is wrong, and says how to vouch for it',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
      const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
      await promisify(execFile)('openssl', [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...['-subj', '/CN=localhost', '-keyout', key, '-out', cert],
      ]);
      const secure = createServer({ key: await readFile(key), cert: await readFile(cert) });
      secure.on('tlsClientError', () => {});
      await expect(look(`https://localhost:${await portOf(secure)}`)).rejects.toThrow(
        /self-signed certificate.*NODE_EXTRA_CA_CERTS/,
      );
    },
  );
});

describe('the port', () => {
  test('is free, or taken by somebody else', async () => {
    const port = await portOf(createTcpServer((socket) => socket.end('nothing of ours')));
    await expect(portCheck({ host: '127.0.0.1', port }).look(never)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/set HTTP_PORT to a free port, or to 0 for any.*EADDRINUSE/),
    });
    expect(await portCheck({ host: '127.0.0.1', port: 0 }).look(never)).toEqual({
      detail: 'any free port will be taken',
    });
  });

  test('of an address that is not this machine’s is wrong', async () => {
    await expect(portCheck({ host: '203.0.113.1', port: 1 }).look(never)).rejects.toThrow(
      /set HTTP_HOST to one that it has.*EADDRNOTAVAIL/,
    );
  });
});
