import { createServer } from 'node:net';
import { cannotListen } from '../observe/listen-error.ts';
import { askConnector } from '../offsets/running.ts';
import type { Check, Good } from './check.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Can the connector listen there, or does one already? */
export function portCheck(address: Address): Check {
  return {
    subject: `HTTP_HOST:HTTP_PORT, ${address.host}:${address.port}`,
    look: (signal) => lookAt(address, signal),
  };
}

async function lookAt(address: Address, signal: AbortSignal): Promise<Good> {
  try {
    await listenAndClose(address);
    return { detail: address.port === 0 ? 'any free port will be taken' : 'free' };
  } catch (error) {
    const streams = isInUse(error) ? await askConnector(address, signal) : undefined;
    if (streams)
      return {
        detail: `a connector runs there, with ${streams.size} stream${streams.size === 1 ? '' : 's'}`,
      };
    throw cannotListen(address, error);
  }
}

const isInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

function listenAndClose({ host, port }: Address): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => server.close(() => resolve()));
  });
}
