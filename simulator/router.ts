/** One request from its URL to its answer on the wire. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Admission } from './admission.ts';
import { answerChange, answerStatus, sendTruth } from './control.ts';
import { type DeliveryContext, deliver, sendWhole } from './delivery.ts';
import { answerPage, type PageContent, renderPage } from './endpoint.ts';
import { errorAnswer, Refusal } from './errors.ts';
import { applyFault, type Delivery } from './faults.ts';
import { OffsetTokens } from './offsets.ts';
import { hashPair, pick, type RandomStream, randomStream } from './random.ts';
import type { SimulatorState } from './state.ts';

export interface RouterPorts {
  readonly state: SimulatorState;
  readonly secret: Buffer;
  readonly origin: string;
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
}

const AUDIT_LOG = /^\/api\/1\.0\/workspaces\/([^/]+)\/audit_log_events$/;
const BODY_LIMIT = 1_000_000;

export class Router {
  readonly #ports: RouterPorts;
  readonly #admission = new Admission();
  readonly #offsets: OffsetTokens;
  readonly #pageRandom: RandomStream;
  readonly #faultRandom: RandomStream;

  constructor(ports: RouterPorts) {
    const { seed } = ports.state.options;
    this.#ports = ports;
    this.#offsets = new OffsetTokens(ports.secret);
    this.#pageRandom = randomStream(hashPair(seed, 0x9a9e));
    this.#faultRandom = randomStream(hashPair(seed, 0xfa17));
  }

  /** Never rejects for a bad request: that is an answer. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { state } = this.#ports;
    response.sendDate = false;
    const url = URL.parse(this.#ports.origin + (request.url ?? '/'));
    if (url === null) {
      response.writeHead(400).end();
      return;
    }
    if (url.pathname.startsWith('/simulator/')) return this.#control(request, response, url);
    if (state.options.dateHeader) response.setHeader('date', new Date(state.nowMs()).toUTCString());
    state.countRequest();
    const context = this.#deliveryContext(request);
    try {
      const delivery = await this.#auditLog(request, response, url);
      if (delivery === undefined) return;
      state.countStatus('answer' in delivery ? delivery.answer.status : 200);
      await deliver(delivery, response, context);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      state.countStatus(error.answer.status);
      await sendWhole(error.answer, response, context);
    }
  }

  /** Undefined: the client went away. Throws Refusal. */
  async #auditLog(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<Delivery | undefined> {
    const { state, wait, signal } = this.#ports;
    const workspaceGid = AUDIT_LOG.exec(url.pathname)?.[1];
    if (workspaceGid === undefined) throw new Refusal(errorAnswer(404, 'No matching route for request'));
    if (request.method !== 'GET') {
      throw new Refusal(errorAnswer(405, `${request.method}: the audit log is read-only`, { allow: 'GET' }));
    }
    const leave = this.#admission.admit(
      request.headers.authorization,
      workspaceGid,
      state.nowMs(),
      state.options,
    );
    response.once('close', leave);
    if (state.options.latencyMs > 0) await wait(state.options.latencyMs, signal);
    if (response.destroyed) return undefined;
    return this.#spoil(await this.#readPage(workspaceGid, url.searchParams), url.searchParams.get('offset'));
  }

  async #readPage(workspaceGid: string, query: URLSearchParams): Promise<PageContent> {
    const { state, origin, pause } = this.#ports;
    const workspace = state.workspaces.get(workspaceGid);
    if (workspace === undefined)
      throw new RangeError(`workspace ${workspaceGid} was admitted but does not exist`);
    state.advance();
    return answerPage(workspace, query, {
      options: state.options,
      offsets: this.#offsets,
      random: this.#pageRandom,
      baseUrl: `${origin}/api/1.0`,
      nowMs: state.nowMs(),
      pause,
    });
  }

  #spoil(page: PageContent, sentOffset: string | null): Delivery {
    const { options } = this.#ports.state;
    if (this.#faultRandom() < options.faults) {
      const kind = pick(options.faultKinds, Math.floor(this.#faultRandom() * options.faultKinds.length));
      this.#ports.state.countFault(kind);
      return applyFault(kind, page, sentOffset, this.#faultRandom);
    }
    return { how: 'whole', answer: renderPage(page, Math.floor(this.#pageRandom() * 2)) };
  }

  #deliveryContext(request: IncomingMessage): DeliveryContext {
    const { state, wait, signal } = this.#ports;
    const acceptsGzip =
      state.options.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    return { wait, signal, acceptsGzip, slowBytesPerSecond: state.options.slowBytesPerSecond };
  }

  async #control(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { state, pause } = this.#ports;
    const context = { ...this.#deliveryContext(request), acceptsGzip: false };
    try {
      switch (`${request.method} ${url.pathname}`) {
        case 'GET /simulator/truth':
          return await sendTruth(state, url.searchParams, response, pause);
        case 'GET /simulator/status':
          return await sendWhole(answerStatus(state), response, context);
        case 'POST /simulator/options':
          return await sendWhole(answerChange(state, await readText(request)), response, context);
        default: {
          const paths = 'GET /simulator/truth, GET /simulator/status and POST /simulator/options';
          return await sendWhole(errorAnswer(404, `the simulator has only ${paths}`), response, context);
        }
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await sendWhole(error.answer, response, context);
    }
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > BODY_LIMIT) throw new Refusal(errorAnswer(413, 'the body is larger than 1 MB'));
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}
