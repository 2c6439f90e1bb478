const SLOT_MS = 5_000;
const SLOTS_A_MINUTE = 12;
const MINUTES = 60;
const SLOTS = SLOTS_A_MINUTE * MINUTES;

/** How many of something there were in each of the last 60 minutes, the last of which ends now. All times are monotonic. */
export class RecentCounts {
  readonly #startedMs: number;
  readonly #counts = new Float64Array(SLOTS);
  /** That of the last count. */
  #slot: number;

  constructor(nowMs: number) {
    this.#startedMs = nowMs;
    this.#slot = slotOf(nowMs);
  }

  add(count: number, nowMs: number): void {
    this.#moveTo(nowMs);
    this.#counts[this.#slot % SLOTS] = (this.#counts[this.#slot % SLOTS] ?? 0) + count;
  }

  /** Oldest first; only the minutes since the start, the first of them perhaps in part. */
  perMinute(nowMs: number): number[] {
    this.#moveTo(nowMs);
    const slots = slotOf(nowMs) - slotOf(this.#startedMs) + 1;
    const minutes = Math.min(MINUTES, Math.ceil(slots / SLOTS_A_MINUTE));
    return Array.from({ length: minutes }, (_, at) => this.#minute(minutes - 1 - at));
  }

  lastMinute(nowMs: number): number {
    this.#moveTo(nowMs);
    return this.#minute(0);
  }

  /** On the average of the last minute, or of the time since the start where that is shorter. */
  perSecond(nowMs: number): number {
    // The running slot is counted as far as it has come.
    const countedMs = (SLOTS_A_MINUTE - 1) * SLOT_MS + (nowMs % SLOT_MS);
    const lengthMs = Math.min(countedMs, nowMs - this.#startedMs);
    return lengthMs < 1 ? 0 : (this.lastMinute(nowMs) / lengthMs) * 1_000;
  }

  #minute(ago: number): number {
    let sum = 0;
    for (let at = 0; at < SLOTS_A_MINUTE; at++) {
      const slot = this.#slot - ago * SLOTS_A_MINUTE - at;
      if (slot >= 0) sum += this.#counts[slot % SLOTS] ?? 0;
    }
    return sum;
  }

  #moveTo(nowMs: number): void {
    const slot = slotOf(nowMs);
    const passed = Math.min(SLOTS, slot - this.#slot);
    for (let at = 0; at < passed; at++) this.#counts[(slot - at) % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}

const slotOf = (nowMs: number): number => Math.floor(nowMs / SLOT_MS);
