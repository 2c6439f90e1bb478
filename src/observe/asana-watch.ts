import type { AsanaObserver } from '../asana/client.ts';
import { isoTime } from '../clock.ts';
import { describe } from '../errors.ts';
import type { Log } from '../log.ts';
import { Incident } from './incident.ts';
import type { Metrics } from './metrics.ts';

// Below this, a failed request is one of the many that a retry heals at once.
const QUIET_ATTEMPTS = 2;

/** Requests of one stream: durations, and one line where they keep failing. */
export function watchRequests(
  stream: string,
  metrics: Metrics,
  log: Log,
  nowMs: () => number,
): AsanaObserver {
  const streamLog = log.with({ stream });
  const incident = new Incident(nowMs);
  return {
    requestEnded: (status, durationMs) =>
      metrics.requests.observe({ stream, status: String(status) }, durationMs / 1000),
    requestFailed: (error, attempt, waitMs, query) => {
      metrics.countError(stream, error);
      // Where it is not repeated, whoever asked decides what to do, and says so.
      const isNews = waitMs !== undefined && attempt >= QUIET_ATTEMPTS && incident.goesOn(error.code);
      streamLog.say(
        'asana-failing',
        {
          ...describe(error),
          attempt: attempt + 1,
          retry_in_ms: waitMs && Math.round(waitMs),
          asked_from: query.startAtMs === undefined ? 'the oldest event' : isoTime(query.startAtMs),
          asked_to: query.endAtMs === undefined ? 'now' : isoTime(query.endAtMs),
        },
        isNews ? 'warn' : 'debug',
      );
    },
    requestRecovered: (attempts) => {
      if (incident.ends()) streamLog.say('asana-answers', { attempts });
    },
  };
}
