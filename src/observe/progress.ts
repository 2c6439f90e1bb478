const REMINDER_MS = 60_000;

/** When there is something to say of a catching-up: that it goes on, once a minute, and that it is over, where anything was said. */
export class Progress {
  readonly #nowMs: () => number;
  #underWay: { saidMs: number; isSaid: boolean } | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Is its begin worth a line? Not within another; nor where that is a matter of course, unless it takes long. */
  begins(isMatterOfCourse: boolean): boolean {
    if (this.#underWay?.isSaid) return false;
    const isSaid = !isMatterOfCourse;
    this.#underWay = { saidMs: this.#nowMs(), isSaid };
    return isSaid;
  }

  /** Is it worth a line that it goes on? */
  goesOn(): boolean {
    const way = this.#underWay;
    if (way === undefined || this.#nowMs() - way.saidMs < REMINDER_MS) return false;
    way.saidMs = this.#nowMs();
    way.isSaid = true;
    return true;
  }

  /** Is its end worth a line? */
  ends(): boolean {
    const isSaid = this.#underWay?.isSaid ?? false;
    this.#underWay = undefined;
    return isSaid;
  }
}
