import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NetworkFault, TcpProxy } from './tcp-proxy.ts';

const SETTLE_MS = 150;
let server: Server;
let proxy: TcpProxy;
beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  proxy = await TcpProxy.listen({ port: 0, targetPort: () => port });
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

interface Client {
  readonly socket: Socket;
  received(): string;
  isClosed(): boolean;
}

async function open(): Promise<Client> {
  let text = '';
  let closed = false;
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve).once('close', () => resolve());
  });
  return { socket, received: () => text, isClosed: () => closed };
}

async function during(fault: NetworkFault): Promise<Client> {
  const client = await open();
  client.socket.write('before ');
  await expect.poll(client.received).toBe('before ');
  proxy.setFault(fault);
  client.socket.write('during');
  await sleep(SETTLE_MS);
  return client;
}

test('without a fault everything comes through', async () => {
  const client = await open();
  client.socket.write('x'.repeat(300_000));
  await expect.poll(() => client.received().length).toBe(300_000);
});

test('reset: the connection breaks, and so does each new one', async () => {
  const client = await during({ kind: 'reset' });
  expect(client.isClosed()).toBe(true);
  const next = await open();
  await expect.poll(next.isClosed).toBe(true);
});

test('hang: nothing comes while it lasts, and all of it afterwards', async () => {
  const client = await during({ kind: 'hang' });
  expect(client.received()).toBe('before ');
  proxy.setFault({ kind: 'none' });
  await expect.poll(client.received).toBe('before during');
});

test('half-open: the connection stays silent for ever, and is not closed; a new one works', async () => {
  const client = await during({ kind: 'half-open' });
  proxy.setFault({ kind: 'none' });
  client.socket.write('after');
  const next = await open();
  next.socket.write('new');
  await expect.poll(next.received).toBe('new');
  expect(client.received()).toBe('before ');
  expect(client.isClosed()).toBe(false);
});

test('latency: it comes late, each way', async () => {
  const client = await during({ kind: 'latency', delayMs: 200 });
  expect(client.received()).toBe('before ');
  await expect.poll(client.received).toBe('before during');
});

test('trickle: so many bytes a second', async () => {
  const client = await open();
  proxy.setFault({ kind: 'trickle', bytesPerSecond: 16_000 });
  const startedMs = performance.now();
  client.socket.write('x'.repeat(16_000));
  await expect.poll(() => client.received().length, { timeout: 10_000 }).toBe(16_000);
  expect(performance.now() - startedMs).toBeGreaterThan(1_000);
});
