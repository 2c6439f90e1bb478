/**
 * Exponential backoff, jittered between half of the wait and the whole.
 *
 * @param attempt 0 for the first wait
 * @param random a number in [0, 1)
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  { baseMs, capMs }: { baseMs: number; capMs: number },
): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * (0.5 + random() / 2));
}
