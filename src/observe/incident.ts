const REMINDER_MS = 60_000;

/** One line an incident: when it begins, when another cause joins, and once a minute for as long as it lasts. */
export class Incident {
  readonly #nowMs: () => number;
  /** By cause, when it was said last. */
  readonly #saidMs = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Is this worth a line? */
  goesOn(cause: string): boolean {
    const nowMs = this.#nowMs();
    const isNews = nowMs - (this.#saidMs.get(cause) ?? Number.NEGATIVE_INFINITY) >= REMINDER_MS;
    if (isNews) this.#saidMs.set(cause, nowMs);
    return isNews;
  }

  /** Was there one? */
  ends(): boolean {
    const was = this.#saidMs.size > 0;
    this.#saidMs.clear();
    return was;
  }
}
