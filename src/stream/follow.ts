import { ConnectorError } from '../errors.ts';
import { catchUp, isComplete, startChain } from './chain.ts';
import type { Committer } from './committer.ts';
import type { Cursor } from './cursor.ts';
import type { StreamObserver } from './observer.ts';
import { type ReaderPorts, type ReadPage, readAhead } from './reader.ts';

/** When a run ends by itself, apart from the end of the scope. */
export interface Until {
  /** Has the stream seen everything that Asana could show when the command started? */
  reached(page: ReadPage, cursor: Cursor): boolean;
}

export interface FollowPorts extends ReaderPorts {
  readonly committer: Committer;
  readonly observer: StreamObserver;
  readonly until: Until;
}

/**
 * Reads and commits, page by page, until the end of the scope or of `until`. An offset that Asana refuses is replaced by the
 * watermark; every other error ends the session.
 */
export async function follow(filters: string, ports: FollowPorts, signal: AbortSignal): Promise<void> {
  const { committer, observer, scope, clock } = ports;
  if (isComplete(committer.cursor, scope)) return;
  let { chain, cause } = startChain(committer.cursor, filters, scope, clock.now());
  for (;;) {
    if (cause) observer.catchingUp(cause, chain.query.startAtMs);
    try {
      for await (const page of readAhead(chain, ports, signal)) {
        const cursor = await committer.commit(page);
        if (ports.until.reached(page, cursor)) return;
        // Between two pages, never within one: a transaction that has begun is finished.
        signal.throwIfAborted();
      }
      return;
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.disposition !== 'catch-up') throw error;
      chain = catchUp(
        committer.cursor?.watermarkMs ?? scope.startAtMs,
        scope,
        clock.now(),
        chain.query.limit,
      );
      cause = 'offset-refused';
    }
  }
}

export const forever: Until = { reached: () => false };

/**
 * Until a live page came back empty, or the stream has passed the time at which the first answer came.
 *
 * That time is Asana's: by our own clock, if it is behind, events of the difference would be left out.
 */
export function untilCaughtUp(): Until {
  let startedAtMs: number | undefined;
  return {
    reached: (page, cursor) => {
      startedAtMs ??= page.asOfMs + DATE_HEADER_RESOLUTION_MS;
      return (page.step.left === 'nothing' && page.chain.mode === 'live') || cursor.watermarkMs > startedAtMs;
    },
  };
}

const DATE_HEADER_RESOLUTION_MS = 1_000;
