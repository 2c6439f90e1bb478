import type { AsanaObserver } from '../asana/client.ts';
import type { Query } from '../asana/query.ts';
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
  const failing = new Incident(nowMs);
  const rateLimited = new Incident(nowMs);
  return {
    requestEnded: (status, durationMs) =>
      metrics.requests.observe({ stream, status: String(status) }, durationMs / 1000),
    requestFailed: (error, attempt, waitMs, query) => {
      metrics.countError(stream, error);
      const fields = { ...describe(error), attempt: attempt + 1, retry_in_ms: waitMs && Math.round(waitMs) };
      if (error.code === 'ASANA_RATE_LIMITED') {
        streamLog.say('asana-rate-limited', fields, rateLimited.goesOn(error.code) ? 'warn' : 'debug');
        return;
      }
      // Where it is not repeated, whoever asked decides what to do, and says so.
      const isNews = waitMs !== undefined && attempt >= QUIET_ATTEMPTS && failing.goesOn(error.code);
      streamLog.say('asana-failing', { ...fields, ...askedFor(query) }, isNews ? 'warn' : 'debug');
    },
    requestRecovered: () => {
      const lastedSeconds = failing.ends();
      if (lastedSeconds !== undefined) streamLog.say('asana-answers', { lasted_s: lastedSeconds });
    },
  };
}

const askedFor = ({ startAtMs, endAtMs }: Query) => ({
  asked_from: startAtMs === undefined ? 'the oldest event' : isoTime(startAtMs),
  asked_to: endAtMs === undefined ? 'now' : isoTime(endAtMs),
});
