import type { ConnectionOptions } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';

/**
 * Sockets that end when the broker has been silent for `limitMs`.
 *
 * kafkajs gives up a request after its timeout, but keeps the connection and repeats the request there: on one that is half-open
 * it would wait for as many timeouts as it has retries, which is a quarter of an hour. A connection that merely has nothing to do
 * is ended as well, and made anew by the next request. `limitMs` must be below the request timeout: a repetition is activity.
 *
 * @param tlsOptions those of each new connection, where it is one with TLS
 */
export function silenceLimitedSockets(limitMs: number, tlsOptions?: () => ConnectionOptions): ISocketFactory {
  const create = createSocketFactory();
  return (options) => create(tlsOptions ? { ...options, ssl: tlsOptions() } : options).setTimeout(limitMs);
}
