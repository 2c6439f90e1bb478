import { ERROR_CODES } from '../error-list.ts';
import { DEAD_LETTER_REASONS } from '../stream/batch.ts';
import { CATCH_UP_CAUSES } from '../stream/chain.ts';
import { GAP_REASONS } from '../stream/gap.ts';
import type { Committed, Position, StreamObserver } from '../stream/observer.ts';
import { SESSION_CAUSES } from '../stream/stream.ts';
import type { Metrics, StreamGauges } from './metrics.ts';

/** What one stream does, as metrics. */
export function countStream(
  stream: string,
  metrics: Metrics,
  nowMs: () => number,
): StreamObserver & { readonly gauges: StreamGauges } {
  const gauges: StreamGauges = {
    position: undefined,
    oldestUncommittedMs: undefined,
    sessionHeld: false,
    halted: false,
    finished: false,
  };
  metrics.streams.set(stream, gauges);
  beginSeries(stream, metrics);
  // Behind the end of a backlog: its last minute is read live as well.
  let isFollowing = false;
  const moveTo = (position: Position) => {
    isFollowing = position.mode === 'live' && (isFollowing || position.caughtUp);
    gauges.position = position;
    gauges.oldestUncommittedMs = undefined;
    gauges.sessionHeld = true;
  };
  return {
    gauges,
    sessionStarted: (cause) => metrics.sessions.inc({ stream, cause }),
    sessionEnded: (error) => {
      metrics.countError(stream, error);
      gauges.sessionHeld = false;
    },
    pageRead: (oldestCreatedAtMs) => {
      gauges.oldestUncommittedMs ??= oldestCreatedAtMs;
    },
    positioned: moveTo,
    committed: (committed, position) => {
      count(stream, metrics, committed);
      // Of a backlog it would be its age, for as many events.
      if (isFollowing && position.mode === 'live') observeLatency(stream, metrics, committed, nowMs());
      moveTo(position);
    },
    refused: () => {},
    gapFound: ({ reason }) => metrics.gaps.inc({ stream, reason }),
    gapWithdrawn: () => {},
    swept: () => metrics.sweeps.inc({ stream }),
    catchingUp: (cause) => metrics.catchUps.inc({ stream, cause }),
    halted: (error) => {
      metrics.countError(stream, error);
      gauges.halted = true;
    },
    finished: () => {
      gauges.finished = true;
    },
  };
}

function count(stream: string, metrics: Metrics, committed: Committed): void {
  metrics.transactions.inc({ stream });
  metrics.transactionDurations.observe({ stream }, committed.durationMs / 1000);
  metrics.pages.inc({ stream }, committed.pages);
  metrics.events.inc({ stream }, committed.events);
  metrics.late.inc({ stream }, committed.late);
  metrics.duplicates.inc({ stream }, committed.duplicatesDropped);
  for (const { reason } of committed.deadLetters) metrics.deadLetters.inc({ stream, reason });
  for (const { reason } of committed.gaps) metrics.gaps.inc({ stream, reason });
}

function observeLatency(
  stream: string,
  metrics: Metrics,
  { records }: Committed,
  committedAtMs: number,
): void {
  const latency = metrics.commitLatency.labels({ stream });
  // Asana's clock may be ahead of ours.
  for (const { timestampMs } of records) latency.observe(Math.max(0, committedAtMs - timestampMs) / 1000);
}

/** A series that begins with its first event hides that one from `increase`. */
function beginSeries(stream: string, metrics: Metrics): void {
  const { events, pages, transactions, duplicates, late, sweeps } = metrics;
  for (const family of [events, pages, transactions, duplicates, late, sweeps]) family.inc({ stream }, 0);
  for (const reason of DEAD_LETTER_REASONS) metrics.deadLetters.inc({ stream, reason }, 0);
  for (const reason of GAP_REASONS) metrics.gaps.inc({ stream, reason }, 0);
  for (const cause of CATCH_UP_CAUSES) metrics.catchUps.inc({ stream, cause }, 0);
  for (const cause of SESSION_CAUSES) metrics.sessions.inc({ stream, cause }, 0);
  for (const code of ERROR_CODES) metrics.errors.inc({ stream, code }, 0);
  for (const family of [metrics.commitLatency, metrics.transactionDurations]) family.zero({ stream });
}
