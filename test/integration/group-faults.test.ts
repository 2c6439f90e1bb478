import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { GroupPort, Membership } from '../../src/group/port.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { type ProxiedKafka, startProxiedKafka } from '../faults/proxied-kafka.ts';
import type { NetworkFault } from '../faults/tcp-proxy.ts';
import { silentLog } from '../support/silent-log.ts';

const SESSION_MS = 6_000;
let kafka: ProxiedKafka;
/** Accepts, and never answers. */
let hanging: Server;
let client: KafkajsClient;

beforeAll(async () => {
  kafka = await startProxiedKafka(() => 'pass');
  hanging = createServer().listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  const options = { clientId: 'test', transactionTimeoutMs: 30_000, compression: 'none' } as const;
  const brokers = [`127.0.0.1:${port}`, kafka.proxied];
  client = new KafkajsClient({ ...options, brokers }, silentLog, systemClock, Math.random);
});
afterAll(async () => {
  await client?.close();
  hanging?.close();
  await kafka?.close();
});

/** The first answer; a question that fails is repeated at once. */
async function answerTo<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
}

async function join(groupId: string): Promise<{ group: GroupPort; membership: Membership }> {
  const group = client.openGroup({ groupId, sessionTimeoutMs: SESSION_MS });
  const request = { memberId: '', protocol: 'any', metadata: Buffer.from('x') };
  const joined = await answerTo(() => group.join(request));
  if (typeof joined === 'string') throw new Error(`a new member: ${joined}`);
  await group.sync(joined, new Map([[joined.memberId, Buffer.from('x')]]));
  return { group, membership: joined };
}

test('a member that leaves while a question of its still connects leaves no connection behind', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const { membership } = await join('left');
  const group = client.openGroup({ groupId: 'left', sessionTimeoutMs: SESSION_MS });
  // In vain, of the broker that hangs: the next one is asked after it. That socket is left to end by itself.
  await expect(group.heartbeat(membership)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  const before = sockets();

  const asking = group.heartbeat(membership).catch(() => {});
  await group.leave(membership.memberId);
  await asking;

  // By themselves, they would end after 15 s of silence.
  await expect.poll(sockets, { timeout: 5_000 }).toBeLessThanOrEqual(before);
});

test.for<NetworkFault['kind'] & ('reset' | 'half-open')>(['reset', 'half-open'])(
  'a member whose connection to the coordinator is %s stays one, although the first of KAFKA_BROKERS hangs',
  async (kind, { onTestFinished }) => {
    const { group, membership } = await join(kind);
    onTestFinished(() => group.leave(membership.memberId));
    expect(await answerTo(() => group.heartbeat(membership))).toBe('member');

    kafka.proxy.setFault({ kind });
    kafka.proxy.setFault({ kind: 'none' });

    expect(await answerTo(() => group.heartbeat(membership))).toBe('member');
  },
);
