import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { type HttpLimits, httpGet } from '../../src/asana/http.ts';
import { systemClock } from '../../src/clock.ts';

export interface TestServer {
  readonly url: URL;
  /** Every connection that was ever opened to it. */
  readonly sockets: readonly Socket[];
  /** Resolves when no connection is open any more. */
  allClosed(): Promise<void>;
}

/** A real HTTP server on loopback, until the test has finished. */
export const serveHttp = (listener: RequestListener): Promise<TestServer> => listen(createServer(listener));

/** A server that speaks for itself: `onSocket` is called when the head of a request has arrived. */
export const serveTcp = (onRequest: (socket: Socket) => void): Promise<TestServer> =>
  listen(createTcpServer((socket) => socket.on('data', () => onRequest(socket))));

async function listen(server: Server): Promise<TestServer> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    // A client that goes away in the middle is what is tested here.
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    sockets,
    allClosed: async () => {
      await Promise.all(
        sockets
          .filter(({ closed }) => !closed)
          // Not once(): it would reject on the reset that comes before.
          .map((socket) => new Promise((resolve) => socket.on('close', resolve))),
      );
    },
  };
}

/** A getter with a connection pool of its own; the deadline is far off unless the test is about it. */
export function getter(limits: Partial<HttpLimits> = {}, agent = new Agent(), clock = systemClock) {
  onTestFinished(() => agent.destroy());
  const ofTest = { deadlineMs: 60_000, maxBodyBytes: 1_000_000, ...limits };
  const get = httpGet(agent, ofTest, clock);
  return (url: URL, signal = new AbortController().signal, headers = {}) => get(url, headers, signal);
}
