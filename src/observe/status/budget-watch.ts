import type { RequestBudget, TokenBudget } from '../../asana/budget.ts';
import { type Clock, isoTime } from '../../clock.ts';
import type { BudgetStatus } from './document.ts';
import { RecentCounts } from './recent-counts.ts';

/** A budget that says how it is. */
export type WatchedBudget = RequestBudget &
  Pick<TokenBudget, 'pausedUntilMs' | 'requestsOfLastMinute' | 'requestsPerMinute'>;

/** What became of the requests of one token. */
export class BudgetWatch {
  readonly #budget: WatchedBudget;
  readonly #clock: Clock;
  readonly #refused: RecentCounts;
  #grants = 0;

  constructor(budget: WatchedBudget, clock: Clock) {
    this.#budget = budget;
    this.#clock = clock;
    this.#refused = new RecentCounts(clock.monotonicMs());
  }

  /** The budget as one stream uses it; `onWaiting` is told how many of its requests wait. */
  watch(onWaiting: (requests: number) => void): RequestBudget {
    const budget = this.#budget;
    let waiting = 0;
    return {
      acquire: async (signal) => {
        onWaiting(++waiting);
        try {
          await budget.acquire(signal);
          this.#grants++;
        } finally {
          onWaiting(--waiting);
        }
      },
      answered: () => budget.answered(),
      pauseUntil: (timeMs) => budget.pauseUntil(timeMs),
    };
  }

  /** Asana answered 429. */
  refused(): void {
    this.#refused.add(1, this.#clock.monotonicMs());
  }

  /** Differs from what it was whenever somebody got on, or has a reason to wait longer. */
  get mark(): string {
    return `${this.#grants} ${this.#budget.pausedUntilMs}`;
  }

  /** @param streams how many use it now */
  read(token: string, streams: number): BudgetStatus {
    const { requestsPerMinute } = this.#budget;
    const nowMs = this.#clock.monotonicMs();
    const pausedMs = this.#budget.pausedUntilMs - nowMs;
    return {
      token,
      streams,
      requests_per_minute: requestsPerMinute === 0 ? null : requestsPerMinute,
      used_last_minute: this.#budget.requestsOfLastMinute(),
      refused_last_minute: this.#refused.lastMinute(nowMs),
      waiting_until: pausedMs > 0 ? isoTime(Math.round(this.#clock.now() + pausedMs)) : null,
    };
  }
}
