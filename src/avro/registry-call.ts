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
import type { ConnectionOptions } from 'node:tls';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import type { Clock } from '../clock.ts';
import type { RegistryLogin } from '../config/security.ts';
import { withDeadline } from '../deadline.ts';
import type { ErrorCode } from '../error-list.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { explainTls } from '../tls/explain.ts';
import { vetAnswers } from './registry-agent.ts';
import { type Authorization, readAuthorization } from './registry-login.ts';

export type RegistryConnection = {
  /** Path prefix included. */
  readonly url: string;
  /** For one operation, which is one to three requests. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** For each new connection to a URL of https. */
  readonly tls?: () => ConnectionOptions;
  readonly login?: RegistryLogin | undefined;
};

type ClientOptions = ConstructorParameters<typeof SchemaRegistry>[0];
type Middleware = NonNullable<ClientOptions['middlewares']>[number];

/**
 * Throws SCHEMA_REGISTRY_UNAVAILABLE where no registry answered (in time), SCHEMA_REGISTRY_REFUSED, SCHEMA_INCOMPATIBLE,
 * and SCHEMA_NOT_REGISTERED where the registry does not know the subject, schema or id; the signal's reason where it
 * aborted. `purpose` says in messages what was asked for.
 */
export async function callRegistry<T>(
  { url, timeoutMs, clock, tls, login }: RegistryConnection,
  purpose: string,
  signal: AbortSignal,
  operation: (registry: SchemaRegistry) => Promise<T>,
): Promise<T> {
  const host = url.replace(/\/+$/, '');
  const where = `schema registry ${host}, ${purpose}`;
  const late = () => unavailable(`${where}: no answer within ${timeoutMs} ms`);
  return withDeadline(clock, timeoutMs, signal, late, async (end) => {
    end.throwIfAborted();
    const authorization = login && (await readLogin(login, where));
    // The caller tries again, and it waits in between.
    const registry = new SchemaRegistry({
      host,
      retry: { retries: 0 },
      middlewares: [abortWith(end), ...(authorization ? [authorizeWith(authorization)] : [])],
      agent: vetAnswers(tls ? new TlsAgent(tls()) : new Agent(), MAX_ANSWER_BYTES),
    });
    try {
      return await Promise.race([operation(registry), rejectWith(end)]);
    } catch (error) {
      end.throwIfAborted();
      throw translate(error, where, authorization);
    }
  });
}

/** Not worth the end of the process: a file that is being replaced is there again in a moment. */
function readLogin(login: RegistryLogin, where: string): Promise<Authorization> {
  return readAuthorization(login).catch((error) => {
    throw unavailable(`${where}: its password or token cannot be read: ${messageOf(error)}`);
  });
}

const authorizeWith =
  ({ header }: Authorization): Middleware =>
  () => ({
    prepareRequest: async (next) => (await next()).enhance({ headers: { authorization: header.reveal() } }),
  });

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

function translate(error: unknown, where: string, authorization: Authorization | undefined): ConnectorError {
  const { code, what } = readFailure(error, authorization?.removeFrom);
  const hint = explainTls(what, 'SCHEMA_REGISTRY_CA_FILE') ?? loginHint(error, authorization);
  return new ConnectorError(code, `${where}: ${what}${hint === undefined ? '' : `: ${hint}`}`, {
    // The client's own error has the request in it, and that its login.
    cause: authorization === undefined ? error : undefined,
  });
}

function loginHint(error: unknown, authorization: Authorization | undefined): string | undefined {
  if (statusOf(error) !== 401) return undefined;
  return authorization === undefined
    ? 'it wants a login: set SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD_FILE, or SCHEMA_REGISTRY_TOKEN_FILE'
    : 'it refuses the login that is configured';
}

// What the client says where there was no answer, or one whose body is no JSON object with a message.
const NO_REGISTRYS_ANSWER = /^Error, status \d+(?:: )?/;
const MAX_QUOTED = 300;

function readFailure(error: unknown, redact = (text: string) => text): { code: ErrorCode; what: string } {
  const text = redact(messageOf(error)).replace(/^Confluent_Schema_Registry - /, '');
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
