import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../config/loopback.ts';
import { cannotListen } from './listen-error.ts';
import type { Answer, Routes } from './routes.ts';

export interface HttpServer {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

/** How long a client may take, and how many there may be: the connector's own sockets come first. */
export interface HttpServerLimits {
  /** Of a request's headers, and of a connection that sends nothing. */
  readonly headersMs: number;
  /** Of a whole request. */
  readonly requestMs: number;
  /** Without a byte in either direction, for example of one who does not read its answer. */
  readonly idleMs: number;
  readonly connections: number;
}

const LIMITS: HttpServerLimits = {
  headersMs: 5_000,
  requestMs: 10_000,
  idleMs: 15_000,
  connections: 200,
};
const MAX_HEADER_BYTES = 8192;

/** Answers GET and HEAD on the paths of `routes`. Throws CONFIG_INVALID where the address cannot be had. */
export async function serveHttp(
  address: { host: string; port: number },
  routes: Routes,
  limits: HttpServerLimits = LIMITS,
): Promise<HttpServer> {
  let isLocal = true;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.headersMs,
      // Node looks at the two timeouts above only so often; by itself, twice a minute.
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    },
    (request, response) => {
      answer(request, routes, isLocal).then(
        (found) => send(response, found, request.method),
        (error) => response.destroy(error),
      );
    },
  );
  server.setTimeout(limits.idleMs);
  server.maxConnections = limits.connections;
  await listen(server, address);
  const { address: host, port, family } = server.address() as AddressInfo;
  isLocal = isLoopback(host) || host === '::1';
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param isLocal whether only this machine can ask */
async function answer(request: IncomingMessage, routes: Routes, isLocal: boolean): Promise<Answer> {
  const { method, url, headers } = request;
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'Only GET and HEAD.\n');
  if (hasBody(request)) return text(413, 'A request has no body here.\n');
  if (isLocal && !namesThisMachine(headers.host)) return text(421, MISDIRECTED);
  const route = routes.get(url?.split('?')[0] ?? '');
  if (route) return route();
  const paths = [...routes.keys()].filter((path) => !path.startsWith('/page/'));
  return text(404, `Not found. There are ${paths.join(', ')}\n`);
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;

const MISDIRECTED = 'Host: expected localhost or an IP address, because HTTP_HOST is a loopback address.\n';

/**
 * Where only this machine can ask, whoever names another host is a page in a browser on it whose name was made to resolve to here
 * (DNS rebinding): it would read what is meant for this machine. Elsewhere the network says who may read, and names are many.
 */
function namesThisMachine(host: string | undefined): boolean {
  // Without one it is HTTP/1.0, which no browser speaks.
  if (host === undefined) return true;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return isLoopback(name) || name.endsWith('.localhost') || IP_ADDRESS.test(name);
}

// A browser sends one only where its page came from that address.
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body });

// The page asks for its own files and /status.json, and for nothing else; what is no page asks for nothing at all.
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function send(response: ServerResponse, { status, type, body }: Answer, method: string | undefined): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'content-security-policy': CONTENT_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(status === 405 && { allow: 'GET, HEAD' }),
    // What may follow is a body that nobody reads.
    ...((status === 405 || status === 413) && { connection: 'close' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    // It stays: of a connection that could not be accepted later, for want of file descriptors, the process must not die.
    server.on('error', (error) => reject(cannotListen(address, error)));
    server.listen(address.port, address.host, resolve);
  });
}
