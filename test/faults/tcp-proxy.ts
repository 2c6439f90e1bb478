/** A TCP proxy on loopback between the connector and one service, with the faults of a network. */

import { once } from 'node:events';
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type NetworkFault =
  | { readonly kind: 'none' }
  /** Every connection is reset, and each new one. */
  | { readonly kind: 'reset' }
  /** Nothing is passed on while it lasts, and all of it afterwards. */
  | { readonly kind: 'hang' }
  /** What is sent now is lost, and the connections that were open meanwhile stay silent for ever. */
  | { readonly kind: 'half-open' }
  /** Each way. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Each way, a connection. */
  | { readonly kind: 'trickle'; readonly bytesPerSecond: number };

export type Side = 'client' | 'server';

/** Looks at what passes on one connection, before it does. */
export interface Tap {
  /** `false`: it is not passed on. A function: it is, and the function is called right after. */
  see(from: Side, chunk: Buffer): boolean | (() => void);
}

export interface ProxyOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Port of the service on loopback, asked for at each connection. */
  readonly targetPort: () => number;
  /** One for each connection. */
  readonly newTap?: () => Tap;
}

const TRICKLE_STEP_MS = 100;
const PAUSE_ABOVE_BYTES = 4 * 1024 * 1024;

export class TcpProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #fault: NetworkFault = { kind: 'none' };
  #changed = Promise.withResolvers<void>();

  private constructor(options: ProxyOptions) {
    this.#server = createServer({ noDelay: true }, (client) => {
      if (this.#fault.kind === 'reset') {
        client.on('error', () => undefined);
        client.resetAndDestroy();
        return;
      }
      const link = new Link(client, options, this);
      this.#links.add(link);
      link.closed.then(() => this.#links.delete(link));
    });
  }

  static async listen(options: ProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    proxy.#server.listen({ port: options.port, host: '127.0.0.1' });
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get fault(): NetworkFault {
    return this.#fault;
  }

  /** Settles when there is another fault than now. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  setFault(fault: NetworkFault): void {
    this.#fault = fault;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    for (const link of this.#links) {
      if (fault.kind === 'reset') link.reset();
      if (fault.kind === 'half-open') link.silence();
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const link of this.#links) link.reset();
    this.setFault({ kind: 'none' });
    await closed;
  }
}

/** One connection and its continuation to the service. */
class Link {
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  #silent: boolean;

  constructor(client: Socket, { targetPort, newTap }: ProxyOptions, proxy: TcpProxy) {
    this.#client = client;
    this.#silent = proxy.fault.kind === 'half-open';
    this.#server = tcpConnect({ port: targetPort(), host: '127.0.0.1', noDelay: true });
    const tap = newTap?.();
    this.closed = Promise.all(
      [client, this.#server].map((socket) => new Promise<void>((resolve) => socket.once('close', resolve))),
    ).then(() => undefined);
    const isSilent = () => this.#silent;
    new Pipe(client, this.#server, (chunk) => tap?.see('client', chunk) ?? true, proxy, isSilent);
    new Pipe(this.#server, client, (chunk) => tap?.see('server', chunk) ?? true, proxy, isSilent);
    client.on('error', () => this.#server.destroy());
    this.#server.on('error', () => client.destroy());
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  silence(): void {
    this.#silent = true;
  }
}

/** One direction of a connection, in order. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #see: (chunk: Buffer) => boolean | (() => void);
  readonly #proxy: TcpProxy;
  readonly #isSilent: () => boolean;
  readonly #waiting: { chunk: Buffer; sinceMs: number }[] = [];
  #waitingBytes = 0;
  #draining = false;
  #ended = false;

  constructor(
    from: Socket,
    to: Socket,
    see: (chunk: Buffer) => boolean | (() => void),
    proxy: TcpProxy,
    isSilent: () => boolean,
  ) {
    this.#from = from;
    this.#to = to;
    this.#see = see;
    this.#proxy = proxy;
    this.#isSilent = isSilent;
    from.on('data', (chunk: Buffer) => {
      this.#waiting.push({ chunk, sinceMs: performance.now() });
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes > PAUSE_ABOVE_BYTES) from.pause();
      this.#drain();
    });
    from.on('close', () => {
      this.#ended = true;
      this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      // Without a fault nothing is awaited: what a tap does happens before anything else can.
      if (this.#proxy.fault.kind !== 'none') await this.#delay(next);
      this.#waiting.shift();
      this.#waitingBytes -= next.chunk.length;
      this.#pass(next.chunk);
      if (this.#waitingBytes === 0) this.#from.resume();
    }
    this.#draining = false;
    if (!this.#ended || this.#to.destroyed) return;
    // The end of a silenced connection is as silent.
    if (this.#isSilent()) return;
    this.#to.end();
  }

  #pass(chunk: Buffer): void {
    if (this.#isSilent() || this.#to.destroyed) return;
    const seen = this.#see(chunk);
    if (seen === false) return;
    this.#to.write(chunk);
    if (typeof seen === 'function') seen();
  }

  async #delay({ chunk, sinceMs }: { chunk: Buffer; sinceMs: number }): Promise<void> {
    for (;;) {
      const { fault, changed } = this.#proxy;
      if (fault.kind === 'hang') await changed;
      else if (fault.kind === 'latency') {
        await Promise.race([sleep(Math.max(0, sinceMs + fault.delayMs - performance.now())), changed]);
        if (this.#proxy.fault === fault) return;
      } else if (fault.kind === 'trickle') {
        await sleep(Math.max(1, (chunk.length / fault.bytesPerSecond) * 1_000 - TRICKLE_STEP_MS));
        return;
      } else return;
    }
  }
}
