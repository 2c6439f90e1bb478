/** Asana's endpoint for measurements: the simulator's times and rules, at a cost that leaves the cores to what is measured. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Dataset } from '../../simulator/dataset.ts';
import { type Answer, errorAnswer, Refusal, refuse } from '../../simulator/errors.ts';
import { simulatorDefaults } from '../../simulator/options.ts';
import { hashPair } from '../../simulator/random.ts';
import { RateLimit } from '../../simulator/rate-limit.ts';
import { locate } from './paging.ts';
import { FIRST_WORKSPACE, type SourceSettings, type SourceStatus, SPAN_DAYS } from './settings.ts';
import type { PageTemplate } from './template.ts';

export interface SourceServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

const PATH = /^\/api\/1\.0\/workspaces\/(\d+)\/audit_log_events$/;
const MINUTE_MS = 60_000;
const YOUNGEST_MS = 5 * MINUTE_MS;
/** As Asana: a token may have so many requests in flight. */
const CONCURRENCY = 50;

export async function serveSource(
  template: PageTemplate,
  settings: SourceSettings,
  now: () => number,
): Promise<SourceServer> {
  let source = new Source(template, settings, now);
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://source');
    if (url.pathname === '/bench/status') return sendJson(response, source.status());
    if (url.pathname !== '/bench/reset') return void source.handle(request, response, url);
    readBody(request).then((body) => {
      source = new Source(template, JSON.parse(body), now);
      sendJson(response, source.status());
    }, response.destroy);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

class Source {
  readonly #template: PageTemplate;
  readonly #settings: SourceSettings;
  readonly #now: () => number;
  readonly #dataset: Dataset;
  readonly #rateLimit = new RateLimit();
  #inFlight = 0;
  readonly #seen: { -readonly [K in keyof SourceStatus]: SourceStatus[K] };

  constructor(template: PageTemplate, settings: SourceSettings, now: () => number) {
    this.#template = template;
    this.#settings = settings;
    this.#now = now;
    // The seed that the simulator makes of its own for its first workspace.
    const seed = hashPair(simulatorDefaults.seed, 0);
    const plan = { ...simulatorDefaults, seed, events: settings.events, days: SPAN_DAYS };
    this.#dataset = new Dataset(plan, Math.floor(now()) - (settings.rate > 0 ? 0 : YOUNGEST_MS));
    this.#seen = {
      requests: 0,
      refused: 0,
      firstRequestMs: undefined,
      lastRequestMs: undefined,
      eventsVisible: settings.events,
      eventsServed: 0,
      maxInFlight: 0,
      eventBytes: template.eventBytes,
    };
  }

  status(): SourceStatus {
    this.#advance();
    return { ...this.#seen, eventsVisible: this.#dataset.timeline.length };
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    this.#inFlight += 1;
    try {
      const body = this.#answer(request, url);
      if (this.#settings.latencyMs > 0) await sleep(this.#settings.latencyMs);
      const headers = { 'content-type': 'application/json; charset=UTF-8', 'content-length': body.length };
      response.writeHead(200, headers).end(body);
    } catch (error) {
      send(response, error instanceof Refusal ? error.answer : errorAnswer(500, String(error)));
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Of the time of the request: what becomes visible while the answer is on its way is shown to the next one. */
  #answer({ headers }: IncomingMessage, url: URL): Buffer {
    this.#admit(headers.authorization ?? '');
    const [, workspaceGid = ''] = PATH.exec(url.pathname) ?? [];
    const workspace = Number(workspaceGid) - FIRST_WORKSPACE;
    if (!(workspace >= 0 && workspace < 1_000)) throw refuse(404, `no workspace in ${url.pathname}`);
    this.#advance();
    const { timeline } = this.#dataset;
    const { first, count, offset } = locate(timeline, workspaceGid, url.searchParams);
    this.#seen.eventsServed += count;
    const tail = `],"next_page":${nextPage(url, offset)}}`;
    return this.#template.render(
      { workspace, first, count },
      (index) => timeline.timeAt(index),
      '{"data":[',
      tail,
    );
  }

  #admit(authorization: string): void {
    const seen = this.#seen;
    const nowMs = this.#now();
    seen.requests += 1;
    seen.firstRequestMs ??= nowMs;
    seen.lastRequestMs = nowMs;
    seen.maxInFlight = Math.max(seen.maxInFlight, this.#inFlight);
    const waitMs = this.#rateLimit.take(authorization, nowMs, this.#settings.requestsPerMinute, MINUTE_MS);
    if (waitMs === 0 && this.#inFlight <= CONCURRENCY) return;
    seen.refused += 1;
    const seconds = String(Math.max(1, Math.ceil(waitMs / 1_000)));
    throw new Refusal(errorAnswer(429, 'too many requests', { 'retry-after': seconds }));
  }

  #advance(): void {
    this.#dataset.advance(this.#now(), { ...simulatorDefaults, rate: this.#settings.rate });
  }
}

function nextPage({ pathname, searchParams }: URL, offset: string | undefined): string {
  if (offset === undefined) return 'null';
  const query = new URLSearchParams(searchParams);
  query.set('offset', offset);
  const path = `${pathname.slice('/api/1.0'.length)}?${query}`;
  return JSON.stringify({ offset, path, uri: `http://source/api/1.0${path}` });
}

const send = (response: ServerResponse, { status, headers, body }: Answer) =>
  response.writeHead(status, headers).end(body);

const sendJson = (response: ServerResponse, body: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
