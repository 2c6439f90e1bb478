import type { Status } from './status/status.ts';

export interface Liveness {
  readonly ok: boolean;
  /** Streams whose loop has made no step for so long, in seconds. */
  readonly stuck?: Readonly<Record<string, number>>;
}

export interface Readiness {
  readonly ok: boolean;
  /** The state of every stream. */
  readonly streams: Readonly<Record<string, string>>;
  /** Why, for each that is not ready. */
  readonly reasons?: Readonly<Record<string, string>>;
}

export interface Health {
  /**
   * The loops turn: that this is answered shows it of the event loop, and every stream that has not ended made a step (a request,
   * a commit, a session that began or failed) within the longest time that all its waits together may take. Asana and Kafka may
   * be down for ever: what waits for them gives up and tries again, and each of that is a step. A halted stream has no loop.
   */
  live(): Liveness;
  /** Every stream holds a session, or is finished. A replica is a member of its group; one without a stream stands by, and is ready. */
  ready(): Readiness;
}

/** What a loop may wait for between two steps. */
export interface Waits {
  readonly pollIntervalMs: number;
  readonly requestTimeoutMs: number;
  readonly transactionTimeoutMs: number;
}

// The longest pause between two questions of which one was refused, or that Retry-After is heeded for.
const LONGEST_PAUSE_MS = 5 * 60_000;
// What Kafka's client does between giving up a broker and saying so, and the reading of a large topic before a first start.
const MARGIN_MS = 10 * 60_000;
const FAR_LONGER = 2;
// Between two probes no more than this counts: a process that was stopped meanwhile, or a machine that slept, has not been stuck.
const MOST_BETWEEN_PROBES_MS = 30_000;

/** `monotonicMs` is asked at each probe. */
export function createHealth(
  status: Pick<Status, 'marks' | 'read'>,
  waits: Waits,
  monotonicMs: () => number,
): Health {
  const { pollIntervalMs, requestTimeoutMs, transactionTimeoutMs } = waits;
  const longestMs =
    FAR_LONGER * (pollIntervalMs + requestTimeoutMs + transactionTimeoutMs + LONGEST_PAUSE_MS) + MARGIN_MS;
  const seen = new Map<string, { mark: string; atMs: number }>();
  let probedMs = monotonicMs();
  let observedMs = 0;
  return {
    live: () => {
      const nowMs = monotonicMs();
      observedMs += Math.min(nowMs - probedMs, MOST_BETWEEN_PROBES_MS);
      probedMs = nowMs;
      const stuck: Record<string, number> = {};
      const marks = status.marks();
      // One that comes back to this replica is a new one, and makes the same steps again.
      for (const stream of seen.keys()) if (!marks.has(stream)) seen.delete(stream);
      for (const [stream, mark] of marks) {
        const last = seen.get(stream);
        if (last?.mark !== mark) seen.set(stream, { mark, atMs: observedMs });
        else if (observedMs - last.atMs > longestMs)
          stuck[stream] = Math.round((observedMs - last.atMs) / 1_000);
      }
      return Object.keys(stuck).length > 0 ? { ok: false, stuck } : { ok: true };
    },
    ready: () => readinessOf(status.read()),
  };
}

function readinessOf({ streams, group }: ReturnType<Status['read']>): Readiness {
  const reasons: Record<string, string> = {};
  if (group?.state === 'joining') reasons.group = group.last_error?.message ?? 'joining the group';
  for (const { stream, state, last_error: error, no_session_since } of streams) {
    if (state !== 'halted' && state !== 'starting') continue;
    reasons[stream] = error?.ongoing
      ? `${error.code}: ${error.message}; since ${error.since}; next step: ${error.next_step}`
      : `no session with Kafka yet, since ${no_session_since}`;
  }
  const ok = Object.keys(reasons).length === 0;
  const states = Object.fromEntries(streams.map(({ stream, state }) => [stream, state]));
  return { ok, streams: states, ...(!ok && { reasons }) };
}
