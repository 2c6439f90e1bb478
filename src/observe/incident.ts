const REMINDER_MS = 60_000;

/** One line an incident: when it begins, when its cause changes, and once a minute for as long as it lasts. */
export class Incident {
  readonly #nowMs: () => number;
  #cause: string | undefined;
  #saidMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Is this worth a line? */
  goesOn(cause: string): boolean {
    const isNews = cause !== this.#cause || this.#nowMs() - this.#saidMs >= REMINDER_MS;
    if (!isNews) return false;
    this.#cause = cause;
    this.#saidMs = this.#nowMs();
    return true;
  }

  /** Was there one? */
  ends(): boolean {
    const was = this.#cause !== undefined;
    this.#cause = undefined;
    return was;
  }
}
