import type { RequestBudget } from '../../asana/budget.ts';
import type { AsanaObserver } from '../../asana/client.ts';
import { type Clock, isoTime } from '../../clock.ts';
import type { StreamObserver } from '../../stream/observer.ts';
import { behindAfterMs } from '../lag.ts';
import { BudgetWatch, type WatchedBudget } from './budget-watch.ts';
import { concernsOf, notesOf } from './concerns.ts';
import type { StatusDocument, StreamStatus } from './document.ts';
import { StreamRecord } from './stream-record.ts';

export interface StatusOptions {
  readonly version: string;
  readonly connectorName: string;
  readonly workspaces: Iterable<string>;
  /** 0 = unlimited. */
  readonly requestsPerMinute: number;
  readonly pollIntervalMs: number;
  readonly requestTimeoutMs: number;
  readonly endAtMs: number | undefined;
}

/** Watches all streams and budgets of a process, and says how they are. */
export class Status {
  readonly #options: StatusOptions;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #behindAfterMs: number;
  readonly #streams: ReadonlyMap<string, StreamRecord>;
  /** By the budget that they watch, in the order of the configuration. */
  readonly #budgets = new Map<WatchedBudget, BudgetWatch>();
  /** By stream. */
  readonly #budgetOf = new Map<string, { readonly watch: BudgetWatch; readonly token: string }>();
  readonly #waiting = new Map<string, number>();

  constructor(options: StatusOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#behindAfterMs = behindAfterMs(options);
    const { endAtMs } = options;
    const limits = { endAtMs, behindAfterMs: this.#behindAfterMs };
    this.#streams = new Map(
      [...options.workspaces].map((stream) => [stream, new StreamRecord(stream, limits, clock)]),
    );
  }

  observerOf(stream: string): StreamObserver {
    return this.#recordOf(stream).observer;
  }

  requestsOf(stream: string): AsanaObserver {
    const { requests } = this.#recordOf(stream);
    return {
      ...requests,
      requestEnded: (status, durationMs) => {
        requests.requestEnded(status, durationMs);
        if (status === 429) this.#budgetOf.get(stream)?.watch.refused();
      },
    };
  }

  /** `budget` as `stream` uses it; those that share one give the same. */
  watchBudget(stream: string, budget: WatchedBudget): RequestBudget {
    const watch = this.#budgets.get(budget) ?? new BudgetWatch(budget, this.#clock);
    this.#budgets.set(budget, watch);
    this.#budgetOf.set(stream, { watch, token: String([...this.#budgets.keys()].indexOf(budget) + 1) });
    return watch.watch(stream, (requests) => this.#waiting.set(stream, requests));
  }

  /** By stream that has not ended: a text that is another one after each step of its loop. */
  marks(): Map<string, string> {
    const marks = new Map<string, string>();
    for (const [stream, record] of this.#streams) {
      if (record.state === 'halted' || record.state === 'finished') continue;
      // Who waits for the budget is as alive as the budget.
      const budget = this.#waiting.get(stream) ? this.#budgetOf.get(stream)?.watch.mark : '';
      marks.set(stream, `${record.steps} ${budget}`);
    }
    return marks;
  }

  read(): StatusDocument {
    const nowMs = this.#clock.now();
    const { version, connectorName, requestsPerMinute } = this.#options;
    const budgets = [...this.#budgets.values()].map((watch, at) =>
      watch.read(String(at + 1), requestsPerMinute),
    );
    const streams = [...this.#streams].map(([stream, record]): StreamStatus => {
      const facts = record.read(this.#budgetOf.get(stream)?.token ?? null);
      const budget = budgets.find(({ token }) => token === facts.budget);
      return {
        ...facts,
        concerns: concernsOf(facts, nowMs, this.#behindAfterMs),
        notes: notesOf(facts, budget, nowMs),
      };
    });
    return {
      version,
      connector_name: connectorName,
      started_at: isoTime(this.#startedMs),
      now: isoTime(nowMs),
      ok: streams.every(({ state, concerns }) => state !== 'starting' && concerns.length === 0),
      streams,
      budgets,
    };
  }

  #recordOf(stream: string): StreamRecord {
    const record = this.#streams.get(stream);
    if (record === undefined) throw new RangeError(`${stream} is not one of the streams of the status`);
    return record;
  }
}
