import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { LimitedCalls } from '../../src/kafka/kafkajs-calls.ts';
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/silent-log.ts';

const never = () => new Promise<never>(() => {});
const NO_ANSWER = /no answer in 30 s/;

test('a call that is answered gives its answer, and leaves no timer', async () => {
  const clock = new FakeClock();
  const calls = new LimitedCalls(clock);
  expect(await calls.within(async () => 'answer')).toBe('answer');
  expect(clock.sleepers).toBe(0);
  expect(calls.gaveUp).toBe(false);
});

test('a call that is not answered is given up after 30 s, and no other is tried', async () => {
  const clock = new FakeClock();
  const calls = new LimitedCalls(clock);
  await expect(clock.runUntilSettled(calls.within(never))).rejects.toThrow(NO_ANSWER);
  expect(clock.monotonicMs()).toBe(30_000);
  let tried = 0;
  await expect(calls.within(async () => tried++)).rejects.toThrow(/given up/);
  expect(tried).toBe(0);
});

test('a call that is to end earlier is given up then, and none later than after 30 s', async () => {
  for (const [mostMs, endsMs] of [
    [2_500, 2_500],
    [40_000, 30_000],
  ]) {
    const clock = new FakeClock();
    const call = new LimitedCalls(clock).within(never, mostMs);
    await expect(clock.runUntilSettled(call)).rejects.toThrow('no answer in');
    expect(clock.monotonicMs()).toBe(endsMs);
  }
});

test('a client whose call was given up is ended without waiting for it', async () => {
  const clock = new FakeClock();
  const calls = new LimitedCalls(clock);
  await clock.runUntilSettled(calls.within(never).catch(() => {}));
  let ended = 0;
  await calls.end(() => {
    ended++;
    return never();
  });
  expect(ended).toBe(1);
  expect(clock.monotonicMs()).toBe(30_000);
});

test('of a broker that takes connections and answers nothing, producer, admin and reader say so after 30 s', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const options = { brokers: [`127.0.0.1:${port}`], clientId: 'mute', transactionTimeoutMs: 60_000 };
  const asking = async (ask: (client: KafkajsClient) => Promise<unknown>) => {
    const clock = new FakeClock();
    const client = new KafkajsClient({ ...options, compression: 'none' }, silentLog, clock, () => 0.5);
    const asked = ask(client);
    await expect(clock.runUntilSettled(asked)).rejects.toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      message: expect.stringMatching(NO_ANSWER),
    });
    await client.close();
  };
  try {
    await asking((client) => client.openProducer('mute'));
    await asking((client) => client.describeTopic('mute'));
    await asking(async (client) => {
      for await (const _ of client.fetchCommitted('mute', 0, 'earliest', new AbortController().signal));
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
