/** What the simulator's tests share: a client that is as plain as possible, and a clock that stands still. */

import { hash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options.ts';
import { type Simulator, type SimulatorPorts, startSimulator } from '../../simulator/server.ts';
import { canonicalJson } from '../../src/canonical-json.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/json.ts';

export const WORKSPACE = '1201234567890123';
/** A Monday, 12:00 UTC. */
export const NOON_MS = Date.UTC(2026, 5, 15, 12);

export type Query = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly events: readonly JsonObject[];
  readonly nextPage: JsonObject | null | undefined;
  /** Undefined where the answer has none. */
  readonly offset: string | undefined;
  /** The first error's message. */
  readonly message: string | undefined;
}

/** A small simulator without live events that is closed when the test is over. */
export async function simulate(
  options: Partial<SimulatorOptions> = {},
  ports: Partial<SimulatorPorts> = {},
): Promise<Simulator> {
  const simulator = await startSimulator({ events: 2_500, rate: 0, ...options }, ports);
  onTestFinished(() => simulator.close());
  return simulator;
}

export function auditUrl(simulator: Simulator, query: Query = {}, workspace = WORKSPACE): string {
  return `${simulator.baseUrl}/workspaces/${workspace}/audit_log_events?${new URLSearchParams(query)}`;
}

export async function ask(
  simulator: Simulator,
  query: Query = {},
  { token = 'simulator-token', workspace = WORKSPACE }: { token?: string; workspace?: string } = {},
): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(auditUrl(simulator, query, workspace), { headers });
  return readReply(response.status, response.headers, await response.text());
}

function readReply(status: number, headers: Headers, text: string): Reply {
  const body = parseJson(text);
  if (!isJsonObject(body)) throw new TypeError(`not an object: ${text.slice(0, 100)}`);
  const { data, next_page, errors } = body;
  const nextPage =
    next_page === undefined || next_page === null ? next_page : isJsonObject(next_page) ? next_page : null;
  const error = Array.isArray(errors) ? errors[0] : undefined;
  return {
    status,
    headers,
    text,
    events: Array.isArray(data) ? data.filter(isJsonObject) : [],
    nextPage,
    offset: typeof nextPage?.offset === 'string' ? nextPage.offset : undefined,
    message: isJsonObject(error) ? String(error.message) : undefined,
  };
}

export interface Chain {
  readonly replies: readonly Reply[];
  readonly events: readonly JsonObject[];
  /** The offset of the last answer that had one. */
  readonly offset: string | undefined;
}

/** Follows offsets until a page is empty or there is no next one. */
export async function readChain(simulator: Simulator, query: Query = {}, from?: string): Promise<Chain> {
  const replies: Reply[] = [];
  let offset = from;
  for (;;) {
    const reply = await ask(simulator, offset === undefined ? query : { ...query, offset });
    if (reply.status !== 200) throw new Error(`status ${reply.status}: ${reply.text}`);
    replies.push(reply);
    offset = reply.offset ?? offset;
    if (reply.events.length === 0 || reply.offset === undefined) break;
  }
  return { replies, events: replies.flatMap(({ events }) => events), offset };
}

/** `gid sha256` of each event, as the truth has them. */
export const fingerprints = (events: readonly JsonObject[]): string[] =>
  events.map((event) => `${event.gid} ${hash('sha256', canonicalJson(event))}`);

export const truthFingerprints = (simulator: Simulator): string[] =>
  [...simulator.truth()].map(({ gid, sha256 }) => `${gid} ${sha256}`);

export const timesOf = (events: readonly JsonObject[]): string[] =>
  events.map((event) => String(event.created_at));

export const isAscending = (items: readonly string[]): boolean =>
  items.every((item, at) => at === 0 || (items[at - 1] ?? '') <= item);

export interface FakeClock extends Pick<SimulatorPorts, 'now'> {
  nowMs: number;
}

export function fakeClock(nowMs = NOON_MS): FakeClock {
  const clock = { nowMs, now: () => clock.nowMs };
  return clock;
}

/** What `GET /simulator/status` says, as far as tests look at it. */
export interface Status {
  readonly requests: number;
  readonly faults: Readonly<Record<string, number>>;
}

export async function readStatus({ baseUrl }: Simulator): Promise<Status> {
  const response = await fetch(new URL('/simulator/status', baseUrl));
  return (await response.json()) as Status;
}
