import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { StreamObserver } from '../stream/observer.ts';
import { bothStreamObservers } from './fan-out.ts';
import type { Metrics } from './metrics.ts';
import { countStream } from './stream-metrics.ts';
import { reportStream } from './stream-report.ts';

/** One stream's observer: metrics, and one line an incident. */
export const watchStream = (
  stream: string,
  metrics: Metrics,
  log: Log,
  clock: Pick<Clock, 'now' | 'monotonicMs'>,
): StreamObserver =>
  bothStreamObservers(countStream(stream, metrics, clock.now), reportStream(log.with({ stream }), clock));
