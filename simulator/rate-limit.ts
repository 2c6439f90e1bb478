/** The API's quota: so many requests of a token in a sliding window, refused ones included. */

interface Ring {
  readonly timesMs: Float64Array;
  at: number;
}

export class RateLimit {
  readonly #rings = new Map<string, Ring>();

  /**
   * Counts a request of `token` and says for how many milliseconds the token has to be silent before the next one is
   * accepted: 0 for an accepted request. `quota`: requests in any `windowMs`; 0: no limit.
   */
  take(token: string, nowMs: number, quota: number, windowMs: number): number {
    if (quota <= 0) return 0;
    const ring = this.#ringOf(token, quota);
    const oldestMs = ring.timesMs[ring.at] ?? Number.NEGATIVE_INFINITY;
    ring.timesMs[ring.at] = nowMs;
    ring.at = (ring.at + 1) % quota;
    if (nowMs - oldestMs >= windowMs) return 0;
    // This refusal took a place too: the token is free once the oldest of the last `quota` requests has left the window.
    return (ring.timesMs[ring.at] ?? nowMs) + windowMs - nowMs;
  }

  /** The last `quota` times of a token; a changed quota starts afresh. */
  #ringOf(token: string, quota: number): Ring {
    const known = this.#rings.get(token);
    if (known?.timesMs.length === quota) return known;
    const ring = { timesMs: new Float64Array(quota).fill(Number.NEGATIVE_INFINITY), at: 0 };
    this.#rings.set(token, ring);
    return ring;
  }
}
