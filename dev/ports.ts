/** Free ports on loopback. */

import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range from which the system takes the ports of outgoing connections: so a broker that was killed finds its port still free
// when it starts again.
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;
const ATTEMPTS = 200;

export type IsFree = (port: number) => Promise<boolean>;

/** Different ports that were free a moment ago; whoever binds them must still be ready to see them taken. */
export async function findFreePorts(
  count: number,
  isFree: IsFree = isPortFree,
  random: () => number = Math.random,
): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS && found.size < count; attempt++) {
    const port = FIRST_PORT + Math.floor(random() * PORT_COUNT);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  if (found.size < count) {
    throw new Error(
      `found only ${found.size} of ${count} free ports on 127.0.0.1 from ${FIRST_PORT} on, in ${ATTEMPTS} attempts`,
    );
  }
  return [...found];
}

async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
