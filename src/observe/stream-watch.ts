import { isoTime } from '../clock.ts';
import { describe, ERROR_CODES } from '../errors.ts';
import type { Log } from '../log.ts';
import { DEAD_LETTER_REASONS } from '../stream/batch.ts';
import { CATCH_UP_CAUSES } from '../stream/chain.ts';
import { GAP_REASONS, type Gap } from '../stream/gap.ts';
import type { Position, StreamObserver } from '../stream/observer.ts';
import { SESSION_CAUSES } from '../stream/stream.ts';
import { Incident } from './incident.ts';
import type { Metrics, StreamGauges } from './metrics.ts';

/** One stream's observer: metrics, and one line an incident. */
export function watchStream(
  stream: string,
  metrics: Metrics,
  log: Log,
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
  const commitLatency = metrics.commitLatency.labels({ stream });
  const streamLog = log.child({ stream });
  const incident = new Incident(nowMs);
  const progress = new Incident(nowMs);
  let total = 0;
  const sayProgress = ({ mode, watermarkMs, caughtUp }: Position) => {
    if (mode === 'catching-up') {
      if (progress.goesOn(mode))
        streamLog.info({ events: total, reached: isoTime(watermarkMs) }, 'catching up goes on');
    } else if (caughtUp && progress.ends()) streamLog.info({ events: total }, 'caught up; live from now on');
  };
  const sayGap = ({ fromMs, toMs, reason, message }: Gap) => {
    metrics.gaps.inc({ stream, reason });
    const from = fromMs === undefined ? 'unknown' : isoTime(fromMs);
    const to = toMs === undefined ? 'open' : isoTime(toMs);
    streamLog.error({ from, to, reason, message }, 'a gap is recorded: events of this time may be missing');
  };
  const moveTo = (position: Position) => {
    gauges.position = position;
    gauges.oldestUncommittedMs = undefined;
    gauges.sessionHeld = true;
    // Not when it began: in a long outage sessions begin and fail by turns, and that is one incident.
    if (incident.ends()) streamLog.info('the session is held again');
    sayProgress(position);
  };
  return {
    gauges,
    sessionStarted: (cause) => {
      metrics.sessions.inc({ stream, cause });
    },
    sessionEnded: (error, retryInMs) => {
      const level = incident.goesOn(error.code) ? 'warn' : 'debug';
      streamLog[level]({ ...describe(error), retry_in_ms: retryInMs }, 'the session ended; a new one begins');
      metrics.countError(stream, error);
      gauges.sessionHeld = false;
    },
    pageRead: (oldestCreatedAtMs) => {
      gauges.oldestUncommittedMs ??= oldestCreatedAtMs;
    },
    positioned: moveTo,
    committed: (done, position) => {
      const { pages, events, deadLetters, duplicatesDropped, late, gaps } = done;
      total += events;
      metrics.transactions.inc({ stream });
      metrics.pages.inc({ stream }, pages);
      metrics.late.inc({ stream }, late);
      metrics.events.inc({ stream }, events);
      metrics.duplicates.inc({ stream }, duplicatesDropped);
      metrics.transactionDurations.observe({ stream }, done.durationMs / 1000);
      // Of a backlog it would be its age, for as many events.
      if (position.mode === 'live') {
        const committedAtMs = nowMs();
        for (const { timestampMs } of done.records)
          commitLatency.observe(Math.max(0, committedAtMs - timestampMs) / 1000);
      }
      for (const { reason } of deadLetters) metrics.deadLetters.inc({ stream, reason });
      if (deadLetters.length > 0)
        streamLog.warn({ count: deadLetters.length, reason: deadLetters[0]?.reason }, 'dead letters written');
      for (const gap of gaps) sayGap(gap);
      moveTo(position);
    },
    refused: ({ message }, skipAtMs) =>
      streamLog.warn(
        { error: message, skip_at: isoTime(skipAtMs) },
        'Asana keeps refusing one question: where it still does at skip_at and answers others, the refused piece is skipped with a gap record',
      ),
    gapFound: sayGap,
    gapWithdrawn: () =>
      streamLog.info('the state can be read again, nothing was skipped: its gap is withdrawn'),
    swept: () => metrics.sweeps.inc({ stream }),
    catchingUp: (cause, fromMs) => {
      metrics.catchUps.inc({ stream, cause });
      // An offset that expires between two polls is the normal case where Asana's offsets live shortly.
      const level = cause === 'offset-refused' ? 'debug' : 'info';
      streamLog[level](
        { cause, from: fromMs === undefined ? 'the oldest event' : isoTime(fromMs) },
        'catching up',
      );
    },
    halted: (error) => {
      metrics.countError(stream, error);
      gauges.halted = true;
      streamLog.error(describe(error), 'the stream is halted');
    },
    finished: () => {
      gauges.finished = true;
      streamLog.info({ events: total }, 'the stream has reached its end');
    },
  };
}

/** A series that begins with its first event hides that one from `increase`. */
function beginSeries(stream: string, metrics: Metrics): void {
  for (const family of [
    metrics.events,
    metrics.pages,
    metrics.transactions,
    metrics.duplicates,
    metrics.late,
    metrics.sweeps,
  ]) {
    family.inc({ stream }, 0);
  }
  for (const reason of DEAD_LETTER_REASONS) metrics.deadLetters.inc({ stream, reason }, 0);
  for (const reason of GAP_REASONS) metrics.gaps.inc({ stream, reason }, 0);
  for (const cause of CATCH_UP_CAUSES) metrics.catchUps.inc({ stream, cause }, 0);
  for (const cause of SESSION_CAUSES) metrics.sessions.inc({ stream, cause }, 0);
  for (const code of ERROR_CODES) metrics.errors.inc({ stream, code }, 0);
  for (const family of [metrics.commitLatency, metrics.transactionDurations]) family.zero({ stream });
}
