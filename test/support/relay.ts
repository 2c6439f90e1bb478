import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Relayed {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface Relay {
  /** Of what it stands before. */
  readonly baseUrl: string;
  close(): void;
}

/** Stands before a source on loopback: `respond` has each request, and what the source answers to it, or to another token. */
export async function startRelay(
  sourceUrl: string,
  respond: (
    request: IncomingMessage,
    response: ServerResponse,
    ask: (authorization?: string) => Promise<Relayed>,
  ) => Promise<void>,
): Promise<Relay> {
  const { origin, pathname } = new URL(sourceUrl);
  const server = createServer((request, response) => {
    const ask = async (authorization = request.headers.authorization ?? ''): Promise<Relayed> => {
      const answer = await fetch(`${origin}${request.url}`, { headers: { authorization } });
      const { status, headers } = answer;
      return { status, headers, body: Buffer.from(await answer.arrayBuffer()) };
    };
    respond(request, response, ask).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Hands an answer on as it is. */
export function pass(response: ServerResponse, { status, headers, body }: Relayed): void {
  const kept = ['content-type', 'date', 'retry-after'].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  response.writeHead(status, Object.fromEntries(kept));
  response.end(body);
}
