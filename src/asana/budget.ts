import type { Clock } from '../clock.ts';
import { Places } from './places.ts';

const MINUTE_MS = 60_000;
// Requests that left evenly spaced may arrive a little closer together than they left.
const JITTER_GUARD = 1.01;
// What leaves later than it was let go is covered by that guard, up to this.
const MAX_LATE_MS = 500;
/** Asana refuses a 51st GET of a token while 50 wait for their answers. */
const MOST_IN_FLIGHT = 50;

export interface RequestBudget {
  /** Waits until one more request may leave. */
  acquire(signal: AbortSignal): Promise<void>;
  /** A request that was let go was answered, or failed. */
  answered(): void;
  /** After a 429: nobody with this token asks before `timeMs` (epoch milliseconds). */
  pauseUntil(timeMs: number): void;
}

/**
 * The request budget of one token, shared by all who use it.
 *
 * Requests get slots spaced evenly, with a burst of at most a quarter of a second's worth, so that no rolling minute holds more than
 * `requestsPerMinute`: `burst - 1 + 60 s / spacing <= requestsPerMinute`. Refused requests count at Asana too, so a budget
 * that is right never meets a 429. And no more are in flight than Asana allows, whatever the rate.
 */
export class TokenBudget implements RequestBudget {
  readonly #clock: Clock;
  readonly #onWait: (waitMs: number) => void;
  /** 0 = unlimited. */
  #requestsPerMinute = 0;
  #spacingMs = 0;
  #burstMs = 0;
  #limitChanged = new AbortController();
  readonly #places = new Places(MOST_IN_FLIGHT);
  /** The time of the next free slot if slots were handed out one by one; it may lag by the burst. */
  #nextSlotMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** Let go and not answered. */
  #inFlight = 0;
  /** When those of the last minute were let go, and some before them. */
  readonly #letGoMs: number[] = [];
  #activeMs = Number.NEGATIVE_INFINITY;
  /** When the last silence ended behind which something may have left. */
  #silenceMs: number | undefined;

  /** @param requestsPerMinute 0 = unlimited */
  constructor(requestsPerMinute: number, clock: Clock, onWait: (waitMs: number) => void) {
    this.#clock = clock;
    this.#onWait = onWait;
    this.limitTo(requestsPerMinute);
  }

  /** 0 = unlimited. */
  get requestsPerMinute(): number {
    return this.#requestsPerMinute;
  }

  /**
   * From now on; those that wait get new slots. 0 = unlimited.
   *
   * @param share of what Asana allows in flight: others with this token have the rest
   */
  limitTo(requestsPerMinute: number, share = 1): void {
    this.#places.resize(Math.max(1, Math.floor(MOST_IN_FLIGHT * share)));
    if (requestsPerMinute === this.#requestsPerMinute) return;
    this.#requestsPerMinute = requestsPerMinute;
    // What a burst may take at once, the spacing has to leave out.
    const burst = Math.max(1, Math.floor(requestsPerMinute / 240));
    this.#spacingMs =
      requestsPerMinute === 0 ? 0 : (MINUTE_MS / (requestsPerMinute - burst + 1)) * JITTER_GUARD;
    this.#burstMs = (burst - 1) * this.#spacingMs;
    // What left last left just now, as far as is known, and of the former limit's burst nothing is left.
    if (this.#letGoMs.length > 0) this.#nextSlotMs = this.#clock.monotonicMs() + this.#spacingMs;
    this.#limitChanged.abort();
    this.#limitChanged = new AbortController();
  }

  async acquire(signal: AbortSignal): Promise<void> {
    await this.#places.take(signal);
    try {
      await this.#takeSlot(signal);
    } catch (error) {
      this.#places.leave();
      throw error;
    }
  }

  async #takeSlot(signal: AbortSignal): Promise<void> {
    let slotIsLost: boolean;
    do {
      // A pause may be lengthened while we wait for it.
      while (this.#pauseMs() > 0) await this.#wait(this.#pauseMs(), signal);
      const nowMs = this.#nowMs();
      const slotMs = Math.max(this.#nextSlotMs, nowMs - this.#burstMs);
      this.#nextSlotMs = slotMs + this.#spacingMs;
      const limitChanged = this.#limitChanged.signal;
      await this.#wait(slotMs - nowMs, signal);
      // A slot that a pause swallowed, or a stopped process, is lost: all who waited would else leave at once when it ends.
      const isLate = this.#nowMs() - Math.max(slotMs, nowMs) > MAX_LATE_MS;
      // What may be leaving just now has the slot.
      slotIsLost = isLate || limitChanged.aborted || this.#pauseMs() > 0 || this.#endsSilence();
    } while (slotIsLost);
    this.#inFlight++;
    this.#letGoMs.push(this.#activeMs);
    const sinceMs = this.#activeMs - MINUTE_MS;
    this.#letGoMs.splice(
      0,
      this.#letGoMs.findIndex((timeMs) => timeMs > sinceMs),
    );
  }

  requestsOfLastMinute(): number {
    return this.#letGoSince(this.#clock.monotonicMs() - MINUTE_MS + 1);
  }

  /** How many were let go then or later. */
  #letGoSince(timeMs: number): number {
    return this.#letGoMs.length - 1 - this.#letGoMs.findLastIndex((letGoMs) => letGoMs < timeMs);
  }

  /** Once for each silence: whoever asks again finds the slots behind it. */
  #endsSilence(): boolean {
    const endsNow = this.#silenceMs === this.#activeMs;
    this.#silenceMs = undefined;
    return endsNow;
  }

  answered(): void {
    this.#nowMs();
    this.#inFlight--;
    this.#places.leave();
  }

  /**
   * The time; and where nothing was heard for long, what was let go just before may have left only now: a process that was
   * stopped in between does not know. Then the next one keeps its distance from all of that.
   */
  #nowMs(): number {
    const nowMs = this.#clock.monotonicMs();
    const maybeLate = Math.min(this.#inFlight, this.#letGoSince(this.#activeMs - MAX_LATE_MS));
    if (nowMs - this.#activeMs > MAX_LATE_MS && maybeLate > 0) {
      this.#nextSlotMs = Math.max(this.#nextSlotMs, nowMs + maybeLate * this.#spacingMs);
      this.#silenceMs = nowMs;
    }
    this.#activeMs = nowMs;
    return nowMs;
  }

  pauseUntil(timeMs: number): void {
    // Kept in monotonic time, so that a wall clock that is set back does not lengthen it.
    const untilMs = this.#clock.monotonicMs() + timeMs - this.#clock.now();
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }

  /** Monotonic; in the past, or minus infinity, where there is no pause. */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  #pauseMs(): number {
    return this.#pausedUntilMs - this.#clock.monotonicMs();
  }

  async #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (waitMs <= 0) return;
    this.#onWait(waitMs);
    const limitChanged = this.#limitChanged.signal;
    await this.#clock.sleep(waitMs, AbortSignal.any([signal, limitChanged])).catch((error) => {
      if (signal.aborted || !limitChanged.aborted) throw error;
    });
  }
}
