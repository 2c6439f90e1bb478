import type { RequestBudget } from '../../asana/budget.ts';
import type { AsanaObserver } from '../../asana/client.ts';
import { type Clock, isoTime } from '../../clock.ts';
import type { StreamObserver } from '../../stream/observer.ts';
import { behindAfterMs } from '../lag.ts';
import { BudgetWatch, type WatchedBudget } from './budget-watch.ts';
import { concernsOf, notesOf } from './concerns.ts';
import type { StatusDocument, StreamStatus } from './document.ts';
import type { GroupRecord } from './group-record.ts';
import { StreamRecord } from './stream-record.ts';

export interface StatusOptions {
  readonly version: string;
  readonly connectorName: string;
  /** Those that it runs from its start to its end. */
  readonly workspaces: Iterable<string>;
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
  readonly #streams = new Map<string, StreamRecord>();
  readonly #group: GroupRecord | undefined;
  /** By the budget that they watch, in the order of the configuration. */
  readonly #budgets = new Map<WatchedBudget, BudgetWatch>();
  /** By stream. */
  readonly #budgetOf = new Map<string, { readonly watch: BudgetWatch; readonly token: string }>();
  readonly #waiting = new Map<string, number>();

  /** @param group where the process is a replica of one */
  constructor(options: StatusOptions, clock: Clock, group?: GroupRecord) {
    this.#options = options;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#behindAfterMs = behindAfterMs(options);
    this.#group = group;
    for (const stream of options.workspaces) this.#begin(stream);
  }

  /** From now on the stream is one of this process's. */
  observerOf(stream: string): StreamObserver {
    return (this.#streams.get(stream) ?? this.#begin(stream)).observer;
  }

  /** It has ended, and is another replica's from now on. */
  forget(stream: string): void {
    this.#streams.delete(stream);
  }

  requestsOf(stream: string): AsanaObserver {
    const requests = () => this.#streams.get(stream)?.requests;
    return {
      requestEnded: (status, durationMs) => {
        requests()?.requestEnded(status, durationMs);
        if (status === 429) this.#budgetOf.get(stream)?.watch.refused();
      },
      requestFailed: (...failure) => requests()?.requestFailed(...failure),
      requestRecovered: (...recovery) => requests()?.requestRecovered(...recovery),
    };
  }

  /** `budget` as `stream` uses it; those that share one give the same. */
  watchBudget(stream: string, budget: WatchedBudget): RequestBudget {
    const watch = this.#budgets.get(budget) ?? new BudgetWatch(budget, this.#clock);
    this.#budgets.set(budget, watch);
    this.#budgetOf.set(stream, { watch, token: String([...this.#budgets.keys()].indexOf(budget) + 1) });
    return watch.watch((requests) => this.#waiting.set(stream, requests));
  }

  /** By stream that has not ended: a text that is another one after each step of its loop. */
  marks(): Map<string, string> {
    const marks = new Map<string, string>();
    if (this.#group) marks.set('group', this.#group.mark);
    for (const [stream, record] of this.#streams) {
      if (record.state === 'halted' || record.state === 'finished') continue;
      // Who waits for the budget is as alive as the budget.
      const budget = this.#waiting.get(stream) ? this.#budgetOf.get(stream)?.watch.mark : '';
      // And who waits for the group's word that the stream is still its own, as the group.
      const group = record.isBetweenSessions ? (this.#group?.mark ?? '') : '';
      marks.set(stream, `${record.steps} ${budget} ${group}`);
    }
    return marks;
  }

  read(): StatusDocument {
    const nowMs = this.#clock.now();
    const { version, connectorName } = this.#options;
    const used = Map.groupBy(this.#streams.keys(), (stream) => this.#budgetOf.get(stream)?.watch);
    // Who runs no stream of a token asks for nothing with it: what it might ask is not known before it does.
    const budgets = [...this.#budgets.values()].flatMap((watch, at) => {
      const streams = used.get(watch)?.length;
      return streams === undefined ? [] : [watch.read(String(at + 1), streams)];
    });
    const group = this.#group?.read() ?? null;
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
      ok:
        group?.state !== 'joining' &&
        streams.every(({ state, concerns }) => state !== 'starting' && concerns.length === 0),
      group,
      streams,
      budgets,
    };
  }

  #begin(stream: string): StreamRecord {
    const limits = { endAtMs: this.#options.endAtMs, behindAfterMs: this.#behindAfterMs };
    const record = new StreamRecord(stream, limits, this.#clock);
    this.#streams.set(stream, record);
    return record;
  }
}
