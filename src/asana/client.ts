import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Secret } from '../config/secret.ts';
import { type ConnectorError, toConnectorError } from '../errors.ts';
import { requirePage, retryAfterMs, serverTimeMs } from './answer.ts';
import type { RequestBudget } from './budget.ts';
import type { HttpAnswer, HttpGet } from './http.ts';
import type { DecodePage, PageBody, PageEvent } from './page.ts';
import { type Query, queryParameters } from './query.ts';
import { readToken, type TokenSource } from './token.ts';

/** One page, with the time of the answer. */
export interface Page<E = PageEvent> extends PageBody<E> {
  /** On Asana's clock (the `Date` header), before the request: what is absent from the answer was not visible then. */
  readonly asOfMs: number;
  /** The later of Asana's clock and ours. */
  readonly nowMs: number;
  /** Of the answer's body, uncompressed. */
  readonly sizeBytes: number;
  /** From the request's leaving to the end of its answer. */
  readonly roundTripMs: number;
}

export interface AsanaObserver {
  /** @param status of HTTP, or `error` where no answer came */
  requestEnded(status: number | 'error', durationMs: number): void;
  /** A request that will be repeated after `waitMs`; undefined: not here. */
  requestFailed(error: ConnectorError, attempt: number, waitMs: number | undefined, query: Query): void;
  requestRecovered(attempts: number): void;
}

export interface AsanaPorts<E extends PageEvent> {
  readonly get: HttpGet;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RequestBudget;
  readonly observer: AsanaObserver;
  readonly decodePage: DecodePage<E>;
  /** Some fields of events are to be seen nowhere. */
  readonly hidesFields: boolean;
}

const RETRY = { baseMs: 500, capMs: 30_000 };
const TOKEN_LOOKS = 6;
const TOKEN_LOOK_INTERVAL_MS = 1_000;

/** Where pages come from. */
export interface PageSource<E extends PageEvent> {
  /**
   * The page of `query` at `offset`, or its first. Transient failures are repeated until `signal` aborts.
   * Throws ASANA_OFFSET_REFUSED (catch up) and the errors that halt a stream.
   *
   * @param isEnough told of each transient failure; where it says so, that one is thrown as well
   */
  fetchPage(
    query: Query,
    offset: string | undefined,
    signal: AbortSignal,
    isEnough?: (failure: ConnectorError) => boolean,
  ): Promise<Page<E>>;
}

/** One workspace's audit log: one call, one page. The only retry layer towards Asana. */
export class AuditLogClient<E extends PageEvent> implements PageSource<E> {
  readonly #endpoint: URL;
  readonly #tokenSource: TokenSource;
  readonly #ports: AsanaPorts<E>;
  #token: Secret | undefined;

  constructor(baseUrl: URL, workspaceGid: string, tokenSource: TokenSource, ports: AsanaPorts<E>) {
    // Not resolved against the base: a path that begins with two slashes would be taken for another host.
    this.#endpoint = new URL(baseUrl);
    this.#endpoint.pathname = `${baseUrl.pathname.replace(/\/+$/, '')}/workspaces/${workspaceGid}/audit_log_events`;
    this.#tokenSource = tokenSource;
    this.#ports = ports;
  }

  async fetchPage(
    query: Query,
    offset: string | undefined,
    signal: AbortSignal,
    isEnough: (failure: ConnectorError) => boolean = () => false,
  ): Promise<Page<E>> {
    const { observer } = this.#ports;
    for (let attempt = 0; ; ) {
      let token: Secret | undefined;
      try {
        token = this.#token ??= await readToken(this.#tokenSource);
        const page = await this.#fetchOnce(query, offset, token, signal);
        if (attempt > 0) observer.requestRecovered(attempt);
        return page;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toConnectorError(thrown);
        if (error.code === 'ASANA_UNAUTHORIZED' && (await this.#takeUpNewToken(token, signal))) continue;
        if (error.disposition !== 'retry-request' || isEnough(error)) {
          observer.requestFailed(error, attempt, undefined, query);
          throw error;
        }
        const waitMs = backoffMs(attempt, this.#ports.random, RETRY);
        observer.requestFailed(error, attempt, waitMs, query);
        attempt++;
        await this.#ports.clock.sleep(waitMs, signal);
      }
    }
  }

  async #fetchOnce(
    query: Query,
    offset: string | undefined,
    token: Secret,
    signal: AbortSignal,
  ): Promise<Page<E>> {
    const { budget, clock, decodePage, hidesFields } = this.#ports;
    await budget.acquire(signal);
    const url = new URL(this.#endpoint);
    url.search = queryParameters(query, offset).toString();
    const startedAtMs = clock.now();
    const { answer, durationMs } = await this.#get(url, token, signal);
    if (answer.status === 429 || answer.status === 503) this.#heedRetryAfter(answer);
    requirePage(answer, offset, token, hidesFields);
    // Before its memory is given away.
    const sizeBytes = answer.body.length;
    const page = await decodePage(answer.body, signal);
    const answeredAtMs = serverTimeMs(answer.headers.date) ?? startedAtMs + durationMs;
    return {
      ...page,
      asOfMs: Math.floor(answeredAtMs - durationMs),
      nowMs: Math.max(startedAtMs, answeredAtMs),
      sizeBytes,
      roundTripMs: durationMs,
    };
  }

  async #get(
    url: URL,
    token: Secret,
    signal: AbortSignal,
  ): Promise<{ answer: HttpAnswer; durationMs: number }> {
    const { get, clock, budget, observer } = this.#ports;
    const startedMs = clock.monotonicMs();
    let status: number | 'error' = 'error';
    try {
      const answer = await get(url, { authorization: `Bearer ${token.reveal()}` }, signal);
      status = answer.status;
      return { answer, durationMs: clock.monotonicMs() - startedMs };
    } finally {
      budget.answered();
      observer.requestEnded(status, clock.monotonicMs() - startedMs);
    }
  }

  /** Everybody who uses the token waits: what is asked meanwhile would be refused, and counted. */
  #heedRetryAfter(answer: HttpAnswer): void {
    const nowMs = this.#ports.clock.now();
    // A date in Retry-After is on Asana's clock, which may differ from ours.
    const waitMs = retryAfterMs(answer.headers['retry-after'], serverTimeMs(answer.headers.date) ?? nowMs);
    if (waitMs !== undefined) this.#ports.budget.pauseUntil(nowMs + waitMs);
  }

  /**
   * Whether there is another token than the `refused` one, which another request may have found before. A file is looked at for
   * some seconds: a rotation that first revokes, or first empties the file, is not over at once.
   */
  async #takeUpNewToken(refused: Secret | undefined, signal: AbortSignal): Promise<boolean> {
    if (refused === undefined) return false;
    const looks = 'file' in this.#tokenSource ? TOKEN_LOOKS : 1;
    for (let look = 1; ; look++) {
      const found: Secret = await readToken(this.#tokenSource).catch((error): Secret => {
        if (look >= looks) throw error;
        return refused;
      });
      if (!found.equals(refused)) {
        this.#token = found;
        return true;
      }
      if (look >= looks) return false;
      await this.#ports.clock.sleep(TOKEN_LOOK_INTERVAL_MS, signal);
    }
  }
}
