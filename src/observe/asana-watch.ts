import type { AsanaObserver } from '../asana/client.ts';
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
  const streamLog = log.child({ stream });
  const incident = new Incident(nowMs);
  return {
    requestEnded: (status, durationMs) =>
      metrics.requests.observe({ stream, status: String(status) }, durationMs / 1000),
    requestFailed: (error, attempt, waitMs) => {
      metrics.countError(stream, error);
      // Whoever asked decides then, and says what comes of it.
      if (waitMs === undefined) return;
      const level = attempt >= QUIET_ATTEMPTS && incident.goesOn(error.code) ? 'warn' : 'debug';
      streamLog[level](
        { ...describe(error), attempt: attempt + 1, retry_in_ms: waitMs },
        'a request to Asana keeps failing',
      );
    },
    requestRecovered: (attempts) => {
      if (incident.ends()) streamLog.info({ attempts }, 'Asana answers again');
    },
  };
}
