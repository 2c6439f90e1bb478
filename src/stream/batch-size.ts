/** How much goes into one transaction while there is a backlog, in bytes of Asana's JSON. Pure. */

/** A page, so that a session that is cut off by a timeout begins with what is surely quick enough. */
export const FIRST_BATCH_BYTES = 1024 * 1024;
/** With twice as much, records live long enough for the collector to move them: slower. Also, those of a partition fit into one batch of Kafka's default size. */
const MOST_BATCH_BYTES = 4 * 1024 * 1024;
// Far from the transaction timeout, at which the broker aborts it.
const TIMEOUT_SHARE = 1 / 4;
// Longer than this, readers wait for it, and nothing is won any more.
const LONG_MS = 2_000;

/** @param tookMs of the transaction that was just committed */
export function nextBatchBytes(batchBytes: number, tookMs: number, transactionTimeoutMs: number): number {
  const isLong = tookMs > Math.min(LONG_MS, transactionTimeoutMs * TIMEOUT_SHARE);
  return isLong ? Math.max(1, batchBytes / 2) : Math.min(MOST_BATCH_BYTES, batchBytes * 2);
}
