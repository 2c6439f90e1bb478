import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HttpServerLimits, serveHttp } from '../../src/observe/http-server.ts';
import type { Routes } from '../../src/observe/routes.ts';

const LONG_MS = 60_000;
const PATIENT = { headersMs: LONG_MS, requestMs: LONG_MS, idleMs: LONG_MS, connections: 1_000 };
const page = (body: string) => () => ({ status: 200, type: 'text/plain', body });
const ROUTES: Routes = new Map([
  ['/livez', page('alive')],
  ['/large', page('x'.repeat(8 * 1024 * 1024))],
]);

async function serve(limits: Partial<HttpServerLimits> = {}, host = '127.0.0.1') {
  const server = await serveHttp({ host, port: 0 }, ROUTES, { ...PATIENT, ...limits });
  onTestFinished(() => server.close());
  const port = Number(new URL(server.url).port);
  return {
    /** What the server says to `sent` until it closes the connection, or to the end of its first answer. */
    say: (...sent: (string | Uint8Array)[]) => say(port, sent),
    open: () => open(port),
    isAlive: async () => (await fetch(`http://127.0.0.1:${port}/livez`)).status === 200,
  };
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  // A server that hangs up is what is tested here.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));
}

async function say(port: number, sent: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = open(port);
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString('latin1');
  });
  for (const part of sent) socket.write(part);
  socket.end();
  await closed(socket);
  return said;
}

const get = (headers: string) => `GET /livez HTTP/1.1\r\n${headers}\r\n\r\n`;
const statusOf = (said: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1]);

describe('a client that takes its time is let go, and nobody else waits', () => {
  test.each([
    ['says nothing', []],
    ['does not end its first line', ['GET /livez HTT']],
    ['does not end its headers', ['GET /livez HTTP/1.1\r\nhost: localhost\r\n']],
  ])('that %s', async (_what, sent) => {
    const { open, isAlive } = await serve({ headersMs: 50, requestMs: 100 });
    const socket = open();
    for (const text of sent) socket.write(text);
    socket.resume();
    await closed(socket);
    expect(await isAlive()).toBe(true);
  });

  test('that sends a header now and then, so that it never seems idle', async () => {
    const { open, isAlive } = await serve({ headersMs: 200, requestMs: 300 });
    const socket = open();
    socket.write('GET /livez HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('x: y\r\n'), 20);
    onTestFinished(() => clearInterval(drip));
    socket.resume();
    await closed(socket);
    expect(await isAlive()).toBe(true);
  });

  test('that does not read its answer: its place is free again', async () => {
    const { open, say } = await serve({ idleMs: 300, connections: 1 });
    const deaf = open().pause();
    deaf.write('GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await new Promise((resolve) => deaf.once('connect', resolve));
    expect(await say(get('host: localhost'))).toBe('');
    await expect.poll(async () => statusOf(await say(get('host: localhost'))), { timeout: 10_000 }).toBe(200);
  });

  test.each(['POST', 'GET'])('that announces a body with %s and never sends it', async (method) => {
    const { open } = await serve();
    const socket = open().resume();
    socket.write(`${method} /livez HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n`);
    await closed(socket);
  });
});

test('more connections than there may be are closed, and those that are there are served', async () => {
  const { open, say } = await serve({ connections: 2 });
  const first = open();
  const second = open();
  await Promise.all(
    [first, second].map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
  );
  expect(await say(get('host: localhost'))).toBe('');
  const answer = new Promise<string>((resolve) => first.once('data', (chunk) => resolve(String(chunk))));
  first.write(get('host: localhost'));
  expect(statusOf(await answer)).toBe(200);
});

test.each([
  ['headers of more than 8 KiB', get(`host: localhost\r\nx: ${'y'.repeat(9_000)}`), 431],
  ['a path of more than 8 KiB', `GET /${'y'.repeat(9_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 431],
  ['a body', `${get('host: localhost\r\ncontent-length: 3')}abc`, 413],
  ['a body of unknown length', `${get('host: localhost\r\ntransfer-encoding: chunked')}0\r\n\r\n`, 413],
  ['two lengths', `${get('host: localhost\r\ncontent-length: 3\r\ncontent-length: 4')}abc`, 400],
  [
    'a length and chunks',
    `${get('host: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked')}abc`,
    400,
  ],
  ['no host', get('x: y'), 400],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 400],
  ['a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001', 400],
  ['a proxy’s request', 'GET http://elsewhere.example/livez HTTP/1.1\r\nhost: localhost\r\n\r\n', 404],
  [
    'a POST with a body that never comes',
    'POST /livez HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n',
    405,
  ],
])('%s is refused', async (_what, request, status) => {
  const { say, isAlive } = await serve();
  expect(statusOf(await say(request))).toBe(status);
  expect(await isAlive()).toBe(true);
});

test.each([
  ['localhost', 200],
  ['LOCALHOST:9464', 200],
  ['connector.localhost:9464', 200],
  ['127.0.0.1:9464', 200],
  ['[::1]:9464', 200],
  ['192.0.2.1', 200],
  ['elsewhere.example', 421],
  ['elsewhere.example:9464', 421],
  ['localhost.elsewhere.example', 421],
  ['127.0.0.1.elsewhere.example', 421],
  ['', 421],
])(
  'on loopback, Host "%s" is %i: a name that was made to resolve to here is refused',
  async (host, status) => {
    const { say } = await serve();
    expect(statusOf(await say(get(`host: ${host}`)))).toBe(status);
  },
);

test('elsewhere every name is answered to: the network says who may ask', async () => {
  const { say } = await serve({}, '0.0.0.0');
  expect(statusOf(await say(get('host: asana-audit-kafka.monitoring.svc:9464')))).toBe(200);
});

test('whatever is sent, the answer is one of its own or none, and the next one is answered', async () => {
  const { say, isAlive } = await serve();
  const word = fc.oneof(
    fc.constantFrom(
      'GET',
      'HEAD',
      'POST',
      'CONNECT',
      'PRI',
      '/livez',
      '/',
      '*',
      'HTTP/1.1',
      'HTTP/2.0',
      'host: localhost',
    ),
    fc.constantFrom(
      'content-length: 1',
      'content-length: -1',
      'transfer-encoding: chunked',
      'upgrade: websocket',
    ),
    fc.constantFrom(
      'connection: upgrade',
      'connection: close',
      'expect: 100-continue',
      'range: bytes=0-',
      ':',
      '\0',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const lines = fc
    .array(fc.tuple(word, fc.constantFrom(' ', '\r\n', '\n', '\r\n\r\n', '')), { maxLength: 12 })
    .map((parts) => parts.flat().join(''));
  const request = fc.oneof(
    lines,
    lines.map((text) => `GET /livez HTTP/1.1\r\nhost: localhost\r\n${text}\r\n\r\n`),
    fc.uint8Array({ maxLength: 200 }),
  );
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const said = await say(sent);
      for (const [, status] of said.matchAll(/^HTTP\/1\.1 (\d{3}) /gm))
        expect([100, 200, 400, 404, 405, 408, 413, 417, 421, 431]).toContain(Number(status));
      if (said !== '') expect(said).toMatch(/^HTTP\/1\.1 /);
      expect(await isAlive()).toBe(true);
    }),
    { numRuns: 150 },
  );
});
