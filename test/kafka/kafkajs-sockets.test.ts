import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { silenceLimitedSockets } from '../../src/kafka/kafkajs-sockets.ts';

const LIMIT_MS = 200;

// On a timeout kafkajs ends the connection and rejects what is under way there; test/clusters/faults-network.test.ts shows it.
test('a socket whose other side has been silent for the limit times out', async () => {
  const server = createServer((socket) => socket.resume().on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const startedMs = performance.now();
  // A handshake that is never answered.
  const socket = silenceLimitedSockets(LIMIT_MS)({
    host: '127.0.0.1',
    port,
    ssl: {},
    onConnect: () => undefined,
  });
  await once(socket, 'timeout');
  expect(performance.now() - startedMs).toBeGreaterThan(LIMIT_MS / 2);
  socket.destroy();
  server.close();
});
