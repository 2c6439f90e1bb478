import { setImmediate as macrotask } from 'node:timers/promises';
import { Agent } from 'undici';
import { expect, test } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import { getter, serveHttp, serveTcp } from './http-server.ts';

const DEADLINE_MS = 50;
const late = expect.objectContaining({
  code: 'ASANA_UNREACHABLE',
  message: expect.stringContaining(`no whole answer within ${DEADLINE_MS} ms`),
});

/** Writes a byte whenever the one before has gone out, for ever. */
function trickle(socket: { write(text: string, done: () => void): boolean; destroyed: boolean }): void {
  const more = () => {
    if (!socket.destroyed) setTimeout(() => socket.write(' ', more), 5);
  };
  more();
}

/** Servers that never come to the end of an answer; none of them ends by itself, so only the deadline or the signal can. */
const ENDLESS = {
  'no head': () => serveHttp(() => {}),
  'a trickling head': () =>
    serveTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-trickle:');
      trickle(socket);
    }),
  'no body': () =>
    serveHttp((_, response) => response.writeHead(200, { 'content-length': 10 }).flushHeaders()),
  'a trickling body': () =>
    serveHttp((_, response) => {
      response.writeHead(200);
      trickle(response);
    }),
  'a gzipped body that stops': () =>
    serveHttp((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(Buffer.from([0x1f, 0x8b, 0x08]));
    }),
};
const endless = Object.entries(ENDLESS).map(([name, serve]) => ({ name, serve }));

test.each(endless)(
  'the deadline ends the wait for an answer with $name, and closes the connection',
  async ({ serve }) => {
    const server = await serve();
    await expect(getter({ deadlineMs: DEADLINE_MS })(server.url)).rejects.toThrow(late);
    expect(server.sockets).toHaveLength(1);
    await server.allClosed();
  },
);

test('the deadline ends a connect that never succeeds', async () => {
  const agent = new Agent({ connect: () => {} });
  await expect(getter({ deadlineMs: DEADLINE_MS }, agent)(new URL('http://127.0.0.1/'))).rejects.toThrow(
    late,
  );
});

test.each(endless)(
  'an abort during an answer with $name rejects with its reason, and leaves no open socket',
  async ({ serve }) => {
    const server = await serve();
    const stop = new AbortController();
    const reason = new Error('stop');
    const answer = expect(getter()(server.url, stop.signal)).rejects.toBe(reason);
    await connected(server.sockets);
    stop.abort(reason);
    await answer;
    await server.allClosed();
  },
);

test('an abort ends a connect that never succeeds, with its reason', async () => {
  const stop = new AbortController();
  const reason = new Error('stop');
  const agent = new Agent({ connect: () => stop.abort(reason) });
  await expect(getter({}, agent)(new URL('http://127.0.0.1/'), stop.signal)).rejects.toBe(reason);
});

test('an abort before the request rejects with its reason and connects to nobody', async () => {
  let connects = 0;
  const agent = new Agent({ connect: () => connects++ });
  const reason = new Error('stop');
  const answer = getter({}, agent)(new URL('http://127.0.0.1/'), AbortSignal.abort(reason));
  await expect(answer).rejects.toBe(reason);
  await macrotask();
  expect(connects).toBe(0);
});

test('an answer in time leaves no timer: a minute of pages once left thousands', async () => {
  const clock = new FakeClock();
  const { url } = await serveHttp((_, response) => response.end(String(clock.sleepers)));
  const { body } = await getter({}, new Agent(), clock)(url);
  expect(body.toString()).toBe('1');
  expect(clock.sleepers).toBe(0);
});

test('an abort after the answer changes nothing', async () => {
  const { url } = await serveHttp((_, response) => response.end('whole'));
  const stop = new AbortController();
  const { body } = await getter()(url, stop.signal);
  stop.abort();
  expect(body.toString()).toBe('whole');
});

/** Until the request has arrived; where the abort then meets it, in its head or its body, must not matter. */
async function connected(sockets: readonly { bytesRead: number }[]): Promise<void> {
  while (!sockets.some(({ bytesRead }) => bytesRead > 0)) await macrotask();
}
