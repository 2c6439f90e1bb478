import { ConnectorError } from '../errors.ts';
import { type Chain, catchUp, isComplete, startChain } from './chain.ts';
import type { Committer } from './committer.ts';
import type { Cursor } from './cursor.ts';
import type { StreamObserver } from './observer.ts';
import { type ReaderPorts, type ReadPage, readAhead } from './reader.ts';
import type { SweepPorts } from './sweep.ts';
import { Sweeper } from './sweeper.ts';

/** When a run ends by itself, apart from the end of the scope. */
export interface Until {
  /** Has the stream seen everything that Asana could show when the command started? */
  reached(page: ReadPage, cursor: Cursor): boolean;
}

export interface FollowPorts extends ReaderPorts {
  readonly committer: Committer;
  readonly observer: StreamObserver;
  readonly until: Until;
  readonly sweeps: SweepPorts;
}

/**
 * Reads and commits, page by page, until the end of the scope or of `until`. An offset that Asana refuses is replaced by the
 * watermark; every other error ends the session.
 */
export async function follow(filters: string, ports: FollowPorts, signal: AbortSignal): Promise<void> {
  const { committer, observer, scope, clock } = ports;
  if (isComplete(committer.cursor, scope)) return;
  const following = new AbortController();
  const sweeper = new Sweeper(committer, clock, ports.sweeps, AbortSignal.any([signal, following.signal]));
  let { chain, cause } = startChain(committer.cursor, filters, scope, clock.now());
  try {
    for (;;) {
      if (cause) observer.catchingUp(cause, chain.query.startAtMs);
      await sweeper.sweepNow();
      const refused = await followChain(chain, sweeper, ports, signal);
      if (!refused) return;
      const fromMs = committer.cursor?.watermarkMs ?? scope.startAtMs;
      chain = catchUp(fromMs, scope, clock.now(), chain.query.limit);
      cause = 'offset-refused';
    }
  } finally {
    following.abort();
  }
}

/** To the end of the chain, or until Asana refuses its offset: true. */
async function followChain(
  chain: Chain,
  sweeper: Sweeper,
  ports: FollowPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { committer, until } = ports;
  try {
    for await (const page of readAhead(chain, ports, signal)) {
      const cursor = await committer.commit(page);
      if (until.reached(page, cursor)) return false;
      // Between two pages, never within one: a transaction that has begun is finished.
      signal.throwIfAborted();
      await sweeper.commitFound();
      if (page.step.left !== 'more') sweeper.begin();
    }
    return false;
  } catch (error) {
    if (error instanceof ConnectorError && error.disposition === 'catch-up') return true;
    throw error;
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
