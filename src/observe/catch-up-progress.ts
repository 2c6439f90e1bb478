/** How far catching up has come. Times are epoch milliseconds. */
export interface Progress {
  readonly fromMs: number;
  readonly toMs: number;
  /** 0 to 1, of the time that lies between. */
  readonly doneRatio: number;
  /** Undefined as long as nobody can tell. */
  readonly leftMs: number | undefined;
}

interface Sample {
  /** Monotonic. */
  readonly seenMs: number;
  readonly watermarkMs: number;
}

const SAMPLE_EVERY_MS = 1_000;
const SAMPLES = 60;
// Before that, a guess would jump about.
const GUESS_AFTER_MS = 5_000;

/** Follows the watermark through the past, and guesses from the last minute of it when the present is reached. */
export class CatchUpProgress {
  #fromMs: number | undefined;
  #samples: Sample[] = [];
  #isUnderWay = false;

  /** One that is still under way goes on: a lost session does not put it back. @param fromMs undefined = the oldest event */
  begin(fromMs: number | undefined): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#fromMs = fromMs;
    this.#samples = [];
  }

  /** @param seenMs monotonic */
  reached(watermarkMs: number, seenMs: number): void {
    if (!this.#isUnderWay) return;
    this.#fromMs ??= watermarkMs;
    const last = this.#samples.at(-1);
    if (last && seenMs - last.seenMs < SAMPLE_EVERY_MS) return;
    this.#samples.push({ seenMs, watermarkMs });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  end(): void {
    this.#isUnderWay = false;
  }

  /**
   * @param toMs where it ends: the present, or the end of what is read
   * @param nowMs monotonic: standing still counts
   */
  read(watermarkMs: number, toMs: number, nowMs: number): Progress | undefined {
    const fromMs = this.#fromMs;
    if (fromMs === undefined) return undefined;
    const doneRatio = toMs <= fromMs ? 1 : (watermarkMs - fromMs) / (toMs - fromMs);
    return {
      fromMs,
      toMs,
      doneRatio: Math.min(1, Math.max(0, doneRatio)),
      leftMs: this.#leftMs(Math.max(0, toMs - watermarkMs), nowMs),
    };
  }

  #leftMs(wayMs: number, nowMs: number): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    // Between two commits of a few seconds it has not slowed down.
    const seenMs = nowMs - last.seenMs > GUESS_AFTER_MS ? nowMs : last.seenMs;
    if (seenMs - first.seenMs < GUESS_AFTER_MS) return undefined;
    // The present moves on meanwhile.
    const speed = (last.watermarkMs - first.watermarkMs) / (seenMs - first.seenMs) - 1;
    return speed > 0 ? wayMs / speed : undefined;
  }
}
