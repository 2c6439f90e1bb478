const REMINDER_MS = 60_000;

/** What is said of a catching-up: that it goes on, once a minute, and that it is over, where anything was said. */
export class Progress {
  readonly #nowMs: () => number;
  #underWay:
    | { startedMs: number; startedAtMs: number | undefined; saidMs: number; isSaid: boolean }
    | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Is its begin worth a line? Not within another; nor where that is a matter of course, unless it takes long. */
  begins(isMatterOfCourse: boolean): boolean {
    if (this.#underWay?.isSaid) return false;
    const nowMs = this.#nowMs();
    const isSaid = !isMatterOfCourse;
    this.#underWay = { startedMs: nowMs, startedAtMs: undefined, saidMs: nowMs, isSaid };
    return isSaid;
  }

  /** @param reachedMs the time up to which it has read. Undefined where it is not worth a line; otherwise what is left, in seconds */
  goesOn(reachedMs: number): { readonly secondsLeft: number | undefined } | undefined {
    const way = this.#underWay;
    if (way === undefined) return undefined;
    const nowMs = this.#nowMs();
    way.startedAtMs ??= reachedMs;
    if (nowMs - way.saidMs < REMINDER_MS) return undefined;
    way.saidMs = nowMs;
    way.isSaid = true;
    const pace = (reachedMs - way.startedAtMs) / (nowMs - way.startedMs);
    const secondsLeft = Math.round((nowMs - reachedMs) / pace / 1000);
    return { secondsLeft: pace > 0 ? Math.max(0, secondsLeft) : undefined };
  }

  /** Is its end worth a line? */
  ends(): boolean {
    const isSaid = this.#underWay?.isSaid ?? false;
    this.#underWay = undefined;
    return isSaid;
  }
}
