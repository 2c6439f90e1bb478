import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectorError, messageOf } from '../errors.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface HttpServer {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** `/metrics`, `/livez`, `/readyz`. Throws CONFIG_INVALID where the address cannot be had. */
export async function serveHttp(
  address: { host: string; port: number },
  metrics: Metrics,
  health: Health,
): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8192 },
    (request, response) => {
      // A body is never needed; unread, it would hold the connection.
      request.resume();
      answer(request.method, request.url, metrics, health).then(
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

async function answer(
  method: string | undefined,
  url: string | undefined,
  metrics: Metrics,
  health: Health,
): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'Only GET and HEAD.\n');
  switch (url?.split('?')[0]) {
    case '/metrics':
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
    case '/livez':
      return json(health.live());
    case '/readyz':
      return json(health.ready());
    default:
      return text(404, 'Not found. There are /metrics, /livez and /readyz.\n');
  }
}

const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body });
const json = ({ ok, ...rest }: { ok: boolean }): Answer => ({
  status: ok ? 200 : 503,
  type: 'application/json',
  body: `${JSON.stringify({ ok, ...rest })}\n`,
});

function send(response: ServerResponse, { status, type, body }: Answer, method: string | undefined): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ConnectorError(
          'CONFIG_INVALID',
          `HTTP_HOST and HTTP_PORT: cannot listen on ${host}:${port}: ${messageOf(error)}`,
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}
