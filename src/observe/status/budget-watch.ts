import type { RequestBudget } from '../../asana/budget.ts';
import { type Clock, isoTime } from '../../clock.ts';
import type { BudgetStatus } from './document.ts';
import { RecentCounts } from './recent-counts.ts';

/** What became of the requests of one token. */
export class BudgetWatch {
  readonly #clock: Clock;
  readonly #letGo: RecentCounts;
  readonly #refused: RecentCounts;
  readonly #streams = new Set<string>();
  #grants = 0;
  /** Monotonic, so that a wall clock that is set does not move it. */
  #pausedUntilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#letGo = new RecentCounts(clock.monotonicMs());
    this.#refused = new RecentCounts(clock.monotonicMs());
  }

  /** The budget as one stream uses it; `onWaiting` is told how many of its requests wait. */
  watch(stream: string, budget: RequestBudget, onWaiting: (requests: number) => void): RequestBudget {
    this.#streams.add(stream);
    let waiting = 0;
    return {
      acquire: async (signal) => {
        onWaiting(++waiting);
        try {
          await budget.acquire(signal);
          this.#grants++;
          this.#letGo.add(1, this.#clock.monotonicMs());
        } finally {
          onWaiting(--waiting);
        }
      },
      answered: () => budget.answered(),
      pauseUntil: (timeMs) => {
        const untilMs = this.#clock.monotonicMs() + timeMs - this.#clock.now();
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
        budget.pauseUntil(timeMs);
      },
    };
  }

  /** Asana answered 429. */
  refused(): void {
    this.#refused.add(1, this.#clock.monotonicMs());
  }

  get isPaused(): boolean {
    return this.#pausedUntilMs > this.#clock.monotonicMs();
  }

  /** Differs from what it was whenever somebody got on, or has a reason to wait longer. */
  get mark(): string {
    return `${this.#grants} ${this.#pausedUntilMs}`;
  }

  /** @param requestsPerMinute 0 = unlimited */
  read(token: string, requestsPerMinute: number): BudgetStatus {
    const nowMs = this.#clock.monotonicMs();
    const until = isoTime(Math.round(this.#clock.now() + this.#pausedUntilMs - nowMs));
    return {
      token,
      streams: this.#streams.size,
      requests_per_minute: requestsPerMinute === 0 ? null : requestsPerMinute,
      used_last_minute: this.#letGo.lastMinute(nowMs),
      refused_last_minute: this.#refused.lastMinute(nowMs),
      waiting_until: this.isPaused ? until : null,
    };
  }
}
