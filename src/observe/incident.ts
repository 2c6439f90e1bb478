const REMINDER_MS = 60_000;

/** One line an incident: when it begins, when another cause joins, and once a minute for as long as it lasts. */
export class Incident {
  readonly #nowMs: () => number;
  /** By cause, when it was said last. */
  readonly #saidMs = new Map<string, number>();
  #beganMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Is this worth a line? */
  goesOn(cause: string): boolean {
    const nowMs = this.#nowMs();
    if (this.#saidMs.size === 0) this.#beganMs = nowMs;
    const isNews = nowMs - (this.#saidMs.get(cause) ?? Number.NEGATIVE_INFINITY) >= REMINDER_MS;
    if (isNews) this.#saidMs.set(cause, nowMs);
    return isNews;
  }

  /** How long it was, in seconds; undefined where there was none. */
  ends(): number | undefined {
    if (this.#saidMs.size === 0) return undefined;
    this.#saidMs.clear();
    return Math.round((this.#nowMs() - this.#beganMs) / 1000);
  }
}
