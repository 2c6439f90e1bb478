import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError, toConnectorError } from '../errors.ts';
import type { Page, PageSource } from './client.ts';
import type { PageEvent } from './page.ts';
import type { Query } from './query.ts';

/** A question that Asana has refused for long, while it answers others. */
export class RefusedForGood extends ConnectorError {
  readonly query: Query;

  constructor(query: Query, refusal: ConnectorError) {
    super('ASANA_REFUSED_FOR_GOOD', refusal.message, { cause: refusal });
    this.query = query;
  }

  /** The same from `startAtMs` on. */
  from(startAtMs: number | undefined): RefusedForGood {
    return new RefusedForGood({ ...this.query, startAtMs }, this);
  }
}

/** `E` is what a page's events are decoded to. */
export interface AuditLog<E extends PageEvent> extends PageSource<E> {
  /** As {@link PageSource.fetchPage}, or the refusal of the last of `attempts` attempts. */
  look(
    query: Query,
    offset: string | undefined,
    attempts: number,
    signal: AbortSignal,
  ): Promise<Page<E> | ConnectorError>;
  /** Whether Asana answers anything else with the filters of `query`; `misconfigured`: no such request, ever. */
  control(query: Query, signal: AbortSignal): Promise<Control>;
  /** The refused piece ends at `timeMs`: what is refused right behind it is part of the same trouble, and not waited for again. */
  cameTo(timeMs: number): void;
  /** The later of Asana's clock and ours, epoch milliseconds. */
  nowMs(): number;
}

export type Control = 'answered' | 'down' | 'misconfigured';

export interface PatientPorts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Told once a question. @param skipAtMs when the refused piece will be skipped, epoch milliseconds */
  readonly onRefused: (refusal: ConnectorError, skipAtMs: number) => void;
}

interface Refusals {
  /** On the monotonic clock. */
  sinceMs: number;
  /** Of the smallest window that was refused. */
  endAtMs: number;
  isSaid: boolean;
}

const RETRY = { baseMs: 1_000, capMs: 300_000 };
// Before that, or half of the wait, it is one of the many that a retry heals.
const SAID_AFTER_MS = 60_000;
const CONTROL_MS = 60_000;
const CONTROL_ATTEMPTS = 3;
const MOST_QUESTIONS = 100;

/**
 * Knows since when each question is refused, in this process and across sessions, and gives it up as {@link RefusedForGood} where
 * nothing but that question is. A question is where it begins: its end moves with the present.
 */
export class PatientClient<E extends PageEvent> implements AuditLog<E> {
  readonly #client: PageSource<E>;
  readonly #skipAfterMs: number;
  readonly #ports: PatientPorts;
  readonly #refused = new Map<string, Refusals>();
  /** Of Asana's clock before ours, by the last answer. */
  #aheadMs = 0;

  /** @param skipAfterMs 0 = never */
  constructor(client: PageSource<E>, skipAfterMs: number, ports: PatientPorts) {
    this.#client = client;
    this.#skipAfterMs = skipAfterMs;
    this.#ports = ports;
  }

  /** As {@link PageSource.fetchPage}; and throws RefusedForGood. */
  async fetchPage(query: Query, offset: string | undefined, signal: AbortSignal): Promise<Page<E>> {
    if (this.#skipAfterMs === 0) return this.#client.fetchPage(query, offset, signal);
    const key = keyOf(query.startAtMs, offset);
    for (let attempt = 0; ; attempt++) {
      try {
        const page = await this.#client.fetchPage(query, offset, signal, (error) =>
          this.#isEnough(key, query, error),
        );
        this.#answered(key, query);
        return this.#withClock(page);
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toConnectorError(thrown);
        if (!isRefusal(error)) throw error;
        const isEnough = this.#isEnough(key, query, error);
        const control = await this.control(query, signal);
        if (control === 'misconfigured' && error.disposition !== 'retry-request') throw error;
        if (control === 'answered' && isEnough) throw new RefusedForGood(query, error);
        // An outage is no refusal of this question: from now on it counts anew.
        if (control !== 'answered') this.#refused.delete(key);
        await this.#ports.clock.sleep(backoffMs(attempt, this.#ports.random, RETRY), signal);
      }
    }
  }

  async look(
    query: Query,
    offset: string | undefined,
    attempts: number,
    signal: AbortSignal,
  ): Promise<Page<E> | ConnectorError> {
    let failures = 0;
    const isEnough = (error: ConnectorError) => isRefusal(error) && ++failures >= attempts;
    return this.#client.fetchPage(query, offset, signal, isEnough).then(
      (page) => this.#withClock(page),
      (thrown) => {
        signal.throwIfAborted();
        const error = toConnectorError(thrown);
        if (isRefusal(error)) return error;
        throw error;
      },
    );
  }

  /** A minute just now, where what is refused may be; then the one before the question, where it is not. */
  async control({ filters, startAtMs, limit }: Query, signal: AbortSignal): Promise<Control> {
    const ends = [this.nowMs(), ...(startAtMs === undefined ? [] : [startAtMs])];
    let control: Control = 'misconfigured';
    for (const endAtMs of ends) {
      const query = { filters, startAtMs: Math.max(0, endAtMs - CONTROL_MS), endAtMs, limit };
      const seen = await this.look(query, undefined, CONTROL_ATTEMPTS, signal);
      if (!(seen instanceof Error)) return 'answered';
      if (seen.disposition === 'retry-request') control = 'down';
    }
    return control;
  }

  cameTo(timeMs: number): void {
    this.#remember(keyOf(timeMs, undefined), {
      sinceMs: Number.NEGATIVE_INFINITY,
      endAtMs: Number.NEGATIVE_INFINITY,
      isSaid: true,
    });
  }

  nowMs(): number {
    return this.#ports.clock.now() + Math.max(0, this.#aheadMs);
  }

  #withClock(page: Page<E>): Page<E> {
    this.#aheadMs = page.nowMs - this.#ports.clock.now();
    return page;
  }

  #isEnough(key: string, { endAtMs = Number.POSITIVE_INFINITY }: Query, error: ConnectorError): boolean {
    if (!isRefusal(error)) return false;
    const { clock, onRefused } = this.#ports;
    const nowMs = clock.monotonicMs();
    const refused = this.#refused.get(key) ?? { sinceMs: nowMs, endAtMs, isSaid: false };
    refused.endAtMs = Math.min(refused.endAtMs, endAtMs);
    this.#remember(key, refused);
    const leftMs = refused.sinceMs + this.#skipAfterMs - nowMs;
    if (!refused.isSaid && nowMs - refused.sinceMs >= Math.min(SAID_AFTER_MS, this.#skipAfterMs / 2)) {
      refused.isSaid = true;
      onRefused(error, clock.now() + Math.max(0, leftMs));
    }
    return leftMs <= 0;
  }

  #answered(key: string, { endAtMs = Number.POSITIVE_INFINITY }: Query): void {
    // A smaller window, a sweep's for example, may just not reach to what is refused.
    if (endAtMs >= (this.#refused.get(key)?.endAtMs ?? Number.POSITIVE_INFINITY)) this.#refused.delete(key);
  }

  #remember(key: string, refused: Refusals): void {
    this.#refused.set(key, refused);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MOST_QUESTIONS && oldest !== undefined) this.#refused.delete(oldest);
  }
}

const keyOf = (startAtMs: number | undefined, offset: string | undefined): string => `${startAtMs} ${offset}`;

/** Being asked to wait is none. */
const isRefusal = ({ code, disposition }: ConnectorError): boolean =>
  code === 'ASANA_REQUEST_REFUSED' || (disposition === 'retry-request' && code !== 'ASANA_RATE_LIMITED');
