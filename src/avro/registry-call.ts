/**
 * One operation of @kafkajs/confluent-schema-registry, with what the client lacks: a deadline, a signal, and errors that
 * can be told apart.
 *
 * The client has no timeout (and no limits: see registry-agent.ts); a failed connection and a proxy's page come out of it as an
 * answer of status 400. Only its messages tell the two kinds of 400 apart, so its
 * version is pinned and `test/avro/registry.test.ts` holds every case against a server.
 */

import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { ConnectorError, type ErrorCode, messageOf } from '../errors.ts';
import { vetAnswers } from './registry-agent.ts';

export type RegistryConnection = {
  /** Path prefix included. */
  readonly url: string;
  /** For one operation, which is one to three requests. */
  readonly timeoutMs: number;
  readonly clock: Clock;
};

type ClientOptions = ConstructorParameters<typeof SchemaRegistry>[0];
type Middleware = NonNullable<ClientOptions['middlewares']>[number];

/**
 * Throws SCHEMA_REGISTRY_UNAVAILABLE where no registry answered (in time), SCHEMA_REGISTRY_REFUSED, SCHEMA_INCOMPATIBLE,
 * and SCHEMA_NOT_REGISTERED where the registry does not know the subject, schema or id; the signal's reason where it
 * aborted. `purpose` says in messages what was asked for.
 */
export async function callRegistry<T>(
  { url, timeoutMs, clock }: RegistryConnection,
  purpose: string,
  signal: AbortSignal,
  operation: (registry: SchemaRegistry) => Promise<T>,
): Promise<T> {
  const host = url.replace(/\/+$/, '');
  const where = `schema registry ${host}, ${purpose}`;
  const late = () => unavailable(`${where}: no answer within ${timeoutMs} ms`);
  return withDeadline(clock, timeoutMs, signal, late, async (end) => {
    end.throwIfAborted();
    const middlewares = [abortWith(end)];
    const agent = vetAnswers(host.startsWith('https:') ? new TlsAgent() : new Agent(), MAX_ANSWER_BYTES);
    // The caller tries again, and it waits in between.
    const registry = new SchemaRegistry({ host, agent, retry: { retries: 0 }, middlewares });
    try {
      return await Promise.race([operation(registry), rejectWith(end)]);
    } catch (error) {
      end.throwIfAborted();
      throw translate(error, where);
    }
  });
}

/** Ends the requests that are under way, so that no socket outlives the operation. */
const abortWith =
  (end: AbortSignal): Middleware =>
  () => ({
    prepareRequest: async (next) => (await next()).enhance({ signal: end }),
  });

/** Whatever the client makes of its aborted request, the caller is told. */
function rejectWith(end: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    end.addEventListener('abort', () => reject(end.reason), { once: true });
  });
}

// Our schema has 10 kB.
const MAX_ANSWER_BYTES = 1024 * 1024;

const unavailable = (message: string) => new ConnectorError('SCHEMA_REGISTRY_UNAVAILABLE', message);

/** What `work` resolves to; undefined where the registry says that it does not know what was asked for. */
export async function ifKnown<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (readFailure(error).code === 'SCHEMA_NOT_REGISTERED') return undefined;
    throw error;
  }
}

function translate(error: unknown, where: string): ConnectorError {
  const { code, what } = readFailure(error);
  return new ConnectorError(code, `${where}: ${what}`, { cause: error });
}

// What the client says where there was no answer, or one whose body is no JSON object with a message.
const NO_REGISTRYS_ANSWER = /^Error, status \d+(?:: )?/;
const MAX_QUOTED = 300;

function readFailure(error: unknown): { code: ErrorCode; what: string } {
  const text = messageOf(error).replace(/^Confluent_Schema_Registry - /, '');
  const code = codeOf(statusOf(error), !NO_REGISTRYS_ANSWER.test(text));
  // The client prints a JSON answer that is not a registry's as '[object Object]'.
  const what = text
    .replace(NO_REGISTRYS_ANSWER, '')
    .replace('[object Object]', 'an answer that is not a schema registry’s')
    .replace(/\s+/g, ' ')
    .slice(0, MAX_QUOTED);
  return { code, what: what || 'an answer without a body' };
}

function codeOf(status: number | undefined, isRegistrys: boolean): ErrorCode {
  if (status === 401 || status === 403) return 'SCHEMA_REGISTRY_REFUSED';
  if (status === undefined || !isRegistrys) return 'SCHEMA_REGISTRY_UNAVAILABLE';
  if (status === 404) return 'SCHEMA_NOT_REGISTERED';
  if (status === 409) return 'SCHEMA_INCOMPATIBLE';
  if (status === 408 || status === 429 || status >= 500) return 'SCHEMA_REGISTRY_UNAVAILABLE';
  return 'SCHEMA_REGISTRY_REFUSED';
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('status' in error && typeof error.status === 'number') return error.status;
  // The look-up of a schema turns its 404, and nothing else, into an error without a status.
  return error.name === 'ConfluentSchemaRegistryError' ? 404 : undefined;
}
