/** As much of Confluent's registry API as the connector uses, in memory on loopback, with the faults of real networks. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export const PREFIX = '/apis/ccompat/v7';

type Answer = { status: number; body: unknown };
type Fault = (request: IncomingMessage, response: ServerResponse) => void;

export class FakeRegistry {
  readonly requests: string[] = [];
  /** The `authorization` of each. */
  readonly logins: (string | undefined)[] = [];
  readonly schemas: string[] = [];
  readonly subjects = new Map<string, number[]>();
  readonly levels = new Map<string, string>();
  /** Takes the place of every answer while it is set. */
  fault: Fault | undefined;
  /** Takes the place of the answer to a registration while it is set. */
  verdict: Answer | undefined;
  #server: Server | undefined;

  /** @param identity with which it speaks https, in PEM */
  async listen(identity?: { certificate: string; key: string }): Promise<string> {
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    const server = identity
      ? createTlsServer({ cert: identity.certificate, key: identity.key }, serve)
      : createServer(serve);
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return `${identity ? 'https' : 'http'}://127.0.0.1:${port}${PREFIX}`;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Puts a schema under a subject; returns its id. */
  add(subject: string, schema: string): number {
    const id = this.schemas.includes(schema) ? this.schemas.indexOf(schema) + 1 : this.schemas.push(schema);
    this.subjects.set(subject, [...(this.subjects.get(subject) ?? []), id]);
    return id;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    this.logins.push(request.headers.authorization);
    if (this.fault !== undefined) return this.fault(request, response);
    const chunks = await request.toArray();
    const body = JSON.parse(Buffer.concat(chunks).toString() || 'null');
    const { status, body: answer } = this.#answer(request, body);
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(JSON.stringify(answer));
  }

  #answer({ method, url = '' }: IncomingMessage, body: { schema: string; compatibility: string }): Answer {
    const [kind, name = '', ...rest] = url.replace(`${PREFIX}/`, '').split('/').map(decodeURIComponent);
    if (kind === 'schemas') return this.#schema(Number(rest[0]));
    if (kind === 'config') return this.#config(method === 'PUT', name, body?.compatibility);
    if (method === 'GET') return this.#latest(name);
    return rest[0] === 'versions' ? this.#register(name, body.schema) : this.#lookUp(name, body.schema);
  }

  #schema(id: number): Answer {
    const schema = this.schemas[id - 1];
    return schema === undefined ? notFound(40403, 'Schema not found') : ok({ schema });
  }

  #config(isChange: boolean, subject: string, level: string): Answer {
    if (isChange) this.levels.set(subject, level);
    const compatibilityLevel = this.levels.get(subject);
    return compatibilityLevel ? ok({ compatibilityLevel }) : notFound(40408, 'No level for the subject');
  }

  #latest(subject: string): Answer {
    const id = this.subjects.get(subject)?.at(-1);
    return id === undefined ? notFound(40401, 'Subject not found') : ok({ id });
  }

  #lookUp(subject: string, schema: string): Answer {
    const id = this.schemas.indexOf(schema) + 1;
    return this.subjects.get(subject)?.includes(id) ? ok({ id }) : notFound(40403, 'Schema not found');
  }

  #register(subject: string, schema: string): Answer {
    return this.verdict ?? ok({ id: this.add(subject, schema) });
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const notFound = (code: number, message: string): Answer => ({
  status: 404,
  body: { error_code: code, message },
});
