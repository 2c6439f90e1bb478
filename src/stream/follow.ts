import { RefusedForGood } from '../asana/patient-client.ts';
import { ConnectorError } from '../errors.ts';
import { FIRST_BATCH_BYTES, nextBatchBytes } from './batch-size.ts';
import {
  type CatchUpCause,
  catchUp,
  hasFallenBehind,
  isComplete,
  later,
  lessonsOf,
  type Predecessor,
  startChain,
} from './chain.ts';
import type { Committer } from './committer.ts';
import type { Cursor } from './cursor.ts';
import type { StreamObserver } from './observer.ts';
import type { ReaderPorts, ReadPage } from './read-page.ts';
import { readAhead } from './reader.ts';
import { afterRefusal, type Refusals } from './refused-offset.ts';
import type { Chain } from './step.ts';
import type { StepOver } from './step-over.ts';
import type { SweepPorts } from './sweep.ts';
import { Sweeper } from './sweeper.ts';

/** When a run ends by itself, apart from the end of the scope. */
export interface Until {
  /** Has the stream seen everything that Asana could show when the command started? */
  reached(page: ReadPage, cursor: Cursor): boolean;
}

export interface FollowPorts extends Omit<ReaderPorts, 'batchBytes'> {
  readonly transactionTimeoutMs: number;
  readonly committer: Committer;
  readonly observer: StreamObserver;
  readonly until: Until;
  readonly sweeps: SweepPorts;
  readonly stepOver: StepOver;
}

/**
 * Reads and commits, page by page, until the end of the scope or of `until`. An offset that Asana refuses is replaced by the
 * watermark, and what it refuses for good is stepped over; every other error ends the session.
 */
export async function follow(filters: string, ports: FollowPorts, signal: AbortSignal): Promise<void> {
  const { committer, observer, scope, clock } = ports;
  if (isComplete(committer.cursor, scope)) return;
  const following = new AbortController();
  const either = AbortSignal.any([signal, following.signal]);
  const sweeper = new Sweeper(committer, clock, ports.sweeps, ports.stepOver, either);
  try {
    // Before the chain is made: a sweep may move the watermark, and the chain starts there.
    await sweeper.sweepNow();
    let { chain, cause } = startChain(committer.cursor, filters, scope, clock.now());
    for (let refusals: Refusals<string> | undefined; ; ) {
      if (cause) observer.catchingUp(cause, chain.query.startAtMs);
      const left = await followChain(chain, sweeper, ports, signal);
      // A gap may reach to the end of the scope.
      if (left === undefined || isComplete(committer.cursor, scope)) return;
      let { habits, limit } = left;
      if (left.cause === 'offset-refused') {
        refusals = afterRefusal(refusals, placeOf(committer.cursor), left.livePages);
        habits = { ...habits, offsetsFail: habits.offsetsFail || refusals.offsetsFail };
      }
      await sweeper.sweepNow();
      const fromMs = committer.cursor?.watermarkMs ?? scope.startAtMs;
      chain = catchUp(fromMs, scope, clock.now(), { limit, habits });
      cause = left.cause;
    }
  } finally {
    following.abort();
  }
}

/** Equal as long as no event was committed. */
const placeOf = (cursor: Cursor | undefined): string =>
  `${cursor?.watermarkMs} ${cursor?.events} ${cursor?.deadLetters}`;

/** A chain that was left before its end, for the stream to catch up in another. */
interface LeftChain extends Predecessor {
  readonly cause: Extract<CatchUpCause, 'offset-refused' | 'refused-piece' | 'fell-behind'>;
  /** Pages that it has shown while live. */
  readonly livePages: number;
}

/** To the end of the chain; or until Asana refuses an offset, or going on page by page would take too long. */
async function followChain(
  chain: Chain,
  sweeper: Sweeper,
  ports: FollowPorts,
  signal: AbortSignal,
): Promise<LeftChain | undefined> {
  const { committer, until, clock } = ports;
  let lessons = lessonsOf(chain);
  let batchBytes = FIRST_BATCH_BYTES;
  let livePages = 0;
  try {
    for await (const pages of readAhead(chain, { ...ports, batchBytes: () => batchBytes }, signal)) {
      const startedMs = clock.monotonicMs();
      const cursor = await committer.commit(pages);
      batchBytes = nextBatchBytes(batchBytes, clock.monotonicMs() - startedMs, ports.transactionTimeoutMs);
      if (pages.some((page) => until.reached(page, cursor))) return undefined;
      // Between two transactions, never within one: one that has begun is finished.
      signal.throwIfAborted();
      await sweeper.commitFound();
      const last = pages.at(-1);
      if (last === undefined) continue;
      ({ lessons } = last);
      livePages += pages.filter(({ mode }) => mode === 'live').length;
      if (last.left !== 'more') sweeper.begin();
      else if (hasFallenBehind(last, cursor)) return { cause: 'fell-behind', livePages, ...lessons };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.disposition === 'catch-up') return { cause: 'offset-refused', livePages, ...lessons };
    if (!(error instanceof RefusedForGood)) throw error;
    const fromMs = later(committer.cursor?.watermarkMs, error.query.startAtMs);
    const commitUpTo = (timeMs: number) => followTo(timeMs, lessons, sweeper, ports, signal);
    await ports.stepOver(error, fromMs, commitUpTo, signal);
    return { cause: 'refused-piece', livePages, ...lessons };
  }
}

/** Commits everything that was created before `timeMs`, unless Asana refuses something of that too. */
async function followTo(
  timeMs: number,
  lessons: Predecessor,
  sweeper: Sweeper,
  ports: FollowPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { committer, clock } = ports;
  const scope = { ...ports.scope, endAtMs: timeMs };
  const fromMs = committer.cursor?.watermarkMs ?? scope.startAtMs;
  if (fromMs !== undefined && fromMs >= timeMs) return true;
  const chain = catchUp(fromMs, scope, clock.now(), lessons);
  await followChain(chain, sweeper, { ...ports, scope, until: forever }, signal);
  return (committer.cursor?.watermarkMs ?? Number.NEGATIVE_INFINITY) >= timeMs;
}

export const forever: Until = { reached: () => false };

/**
 * Until a live page came back empty, or the stream has passed the time at which the first answer came, by whichever clock was
 * ahead: by the other, events of the difference would be left out.
 */
export function untilCaughtUp(): Until {
  let startedAtMs: number | undefined;
  return {
    reached: (page, cursor) => {
      startedAtMs ??= page.nowMs + DATE_HEADER_RESOLUTION_MS;
      return (page.left === 'nothing' && page.mode === 'live') || cursor.watermarkMs > startedAtMs;
    },
  };
}

const DATE_HEADER_RESOLUTION_MS = 1_000;
