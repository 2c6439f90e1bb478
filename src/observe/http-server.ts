import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cannotListen } from './listen-error.ts';
import type { Answer, Routes } from './routes.ts';

export interface HttpServer {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

/** Answers GET and HEAD on the paths of `routes`. Throws CONFIG_INVALID where the address cannot be had. */
export async function serveHttp(
  address: { host: string; port: number },
  routes: Routes,
): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8192 },
    (request, response) => {
      // A body is never needed; unread, it would hold the connection.
      request.resume();
      answer(request.method, request.url, routes).then(
        (found) => send(response, found, request.method),
        (error) => response.destroy(error),
      );
    },
  );
  await listen(server, address);
  const { address: host, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(method: string | undefined, url: string | undefined, routes: Routes): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'Only GET and HEAD.\n');
  const route = routes.get(url?.split('?')[0] ?? '');
  if (route) return route();
  const paths = [...routes.keys()].filter((path) => !path.startsWith('/page/'));
  return text(404, `Not found. There are ${paths.join(', ')}\n`);
}

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
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(address, error)));
    server.listen(address.port, address.host, resolve);
  });
}
