/** The simulator as an HTTP server on the loopback interface. */

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { mergeOptions, type SimulatorOptions, simulatorDefaults } from './options.ts';
import { Router } from './router.ts';
import { SimulatorState } from './state.ts';
import type { TruthEntry } from './workspace.ts';

export interface Simulator {
  /** `http://127.0.0.1:PORT/api/1.0` */
  readonly baseUrl: string;
  /** The switches as they are now. */
  readonly options: SimulatorOptions;
  /** Every event that is visible now, in time order within a workspace. */
  truth(): Iterable<TruthEntry>;
  /** Ends all connections, also those with an answer under way. */
  close(): Promise<void>;
}

export interface SimulatorPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
  /** Ends early, without an error, when the signal aborts. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

const realPorts: SimulatorPorts = {
  now: Date.now,
  randomBytes,
  wait: async (durationMs, signal) => {
    await sleep(durationMs, undefined, { signal }).catch(() => undefined);
  },
};

const KEEP_ALIVE_MS = 75_000;

/** Rejects when an option is wrong, naming each one, or when the address cannot be listened on. */
export async function startSimulator(
  options: Partial<SimulatorOptions> = {},
  ports: Partial<SimulatorPorts> = {},
): Promise<Simulator> {
  const merged = mergeOptions(simulatorDefaults, options);
  if ('problems' in merged) throw new TypeError(`simulator: ${merged.problems.join('; ')}`);
  const { now, randomBytes: secretBytes, wait } = { ...realPorts, ...ports };
  const state = new SimulatorState(merged.options, now);
  const closing = new AbortController();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  await listen(server, merged.options);
  const origin = originOf(server);
  const router = new Router({
    state,
    secret: secretBytes(32),
    origin,
    wait,
    pause: () => nextTurn(),
    signal: closing.signal,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    router.handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  return {
    baseUrl: `${origin}/api/1.0`,
    get options() {
      return state.options;
    },
    truth: () => state.truth(),
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, { host, port }: SimulatorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE' ? 'the port is in use; choose another with --port' : cause.message;
      reject(new Error(`simulator: cannot listen on ${host}:${port}: ${reason}`, { cause }));
    });
    server.listen({ host, port }, resolve);
  });
}

/** An address that a client on this machine can use, also when the server listens on all addresses. */
function originOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
