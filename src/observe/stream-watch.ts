import { isoTime } from '../clock.ts';
import type { ConnectorError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Position, StreamObserver } from '../stream/observer.ts';
import type { Metrics, StreamGauges } from './metrics.ts';

/** One stream's observer: metrics, and one line an incident. */
export function watchStream(
  stream: string,
  metrics: Metrics,
  log: Log,
): StreamObserver & { readonly gauges: StreamGauges } {
  const gauges: StreamGauges = {
    position: undefined,
    oldestUncommittedMs: undefined,
    sessionHeld: false,
    halted: false,
  };
  metrics.streams.set(stream, gauges);
  for (const family of [
    metrics.events,
    metrics.pages,
    metrics.transactions,
    metrics.duplicates,
    metrics.late,
    metrics.sweeps,
    metrics.gaps,
  ]) {
    family.inc({ stream }, 0);
  }
  const streamLog = log.child({ stream });
  let failing = false;
  const moveTo = (position: Position) => {
    gauges.position = position;
    gauges.oldestUncommittedMs = undefined;
    gauges.sessionHeld = true;
    // Not when it began: in a long outage sessions begin and fail by turns, and that is one incident.
    if (failing) streamLog.info('the session is held again');
    failing = false;
  };
  return {
    gauges,
    sessionStarted: (cause) => {
      metrics.sessions.inc({ stream, cause });
    },
    sessionEnded: (error, retryInMs) => {
      if (!failing)
        streamLog.warn({ ...describe(error), retry_in_ms: retryInMs }, 'the session ended; a new one begins');
      failing = true;
      gauges.sessionHeld = false;
    },
    pageRead: (oldestCreatedAtMs) => {
      gauges.oldestUncommittedMs ??= oldestCreatedAtMs;
    },
    positioned: moveTo,
    committed: ({ pages, events, deadLetters, duplicatesDropped, late, gap }, position) => {
      metrics.transactions.inc({ stream });
      metrics.pages.inc({ stream }, pages);
      metrics.late.inc({ stream }, late);
      metrics.events.inc({ stream }, events);
      metrics.duplicates.inc({ stream }, duplicatesDropped);
      for (const { reason } of deadLetters) metrics.deadLetters.inc({ stream, reason });
      if (deadLetters.length > 0)
        streamLog.warn({ count: deadLetters.length, reason: deadLetters[0]?.reason }, 'dead letters written');
      if (gap) {
        metrics.gaps.inc({ stream });
        const { fromMs, toMs, reason } = gap;
        streamLog.error(
          { from: isoTime(fromMs), to: isoTime(toMs), reason },
          'a gap is recorded: events of this time may be missing',
        );
      }
      moveTo(position);
    },
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
      gauges.halted = true;
      streamLog.error(describe(error), 'the stream is halted');
    },
    finished: () => streamLog.info('the stream has reached its end'),
  };
}

export function describe(error: ConnectorError): Record<string, string> {
  return { code: error.code, error: error.message, next_step: error.nextStep };
}
