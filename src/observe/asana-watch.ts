import type { AsanaObserver } from '../asana/client.ts';
import type { Log } from '../log.ts';
import type { Metrics } from './metrics.ts';
import { describe } from './stream-watch.ts';

// Below this, a failed request is one of the many that a retry heals at once.
const QUIET_ATTEMPTS = 2;

/** Requests of one stream: durations, and one line where they keep failing. */
export function watchRequests(stream: string, metrics: Metrics, log: Log): AsanaObserver {
  const streamLog = log.child({ stream });
  return {
    requestEnded: (status, durationMs) =>
      metrics.requests.observe({ status: String(status) }, durationMs / 1000),
    requestFailed: (error, attempt, waitMs) => {
      const level = attempt === QUIET_ATTEMPTS ? 'warn' : 'debug';
      streamLog[level](
        { ...describe(error), attempt: attempt + 1, retry_in_ms: waitMs },
        'a request to Asana keeps failing',
      );
    },
    requestRecovered: (attempts) => {
      if (attempts > QUIET_ATTEMPTS) streamLog.info({ attempts }, 'Asana answers again');
    },
  };
}
