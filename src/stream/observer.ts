import type { ConnectorError } from '../errors.ts';
import type { CatchUpCause } from './chain.ts';
import type { Mode } from './cursor.ts';
import type { Gap, PassedGap } from './gap.ts';
import type { SweepProgress } from './sweep.ts';

/** What one transaction put into Kafka. */
export interface Committed {
  /** From its begin to the acknowledged commit. */
  readonly durationMs: number;
  /** 0 for a sweep. */
  readonly pages: number;
  readonly events: number;
  /** The events' records; their timestamp is `created_at`. As they are, so that catching up pays nothing for it. */
  readonly records: readonly { readonly timestampMs: number }[];
  readonly deadLetters: readonly { readonly reason: string }[];
  readonly duplicatesDropped: number;
  /** Of the events, those that were committed after younger ones. */
  readonly late: number;
  readonly gaps: readonly PassedGap[];
}

/** Where the stream is after a commit, or after the state was read. Epoch milliseconds. */
export interface Position {
  readonly mode: Mode;
  readonly watermarkMs: number;
  readonly completeToMs: number;
  /** Nothing is known to be left. */
  readonly caughtUp: boolean;
  /** Undefined where there are none. */
  readonly sweeps: SweepProgress | undefined;
}

/** What a stream tells those who watch it: metrics, log, health. It never throws. */
export interface StreamObserver {
  sessionStarted(cause: string): void;
  sessionEnded(error: ConnectorError, retryInMs: number): void;
  /** Events are at hand and not committed; the oldest was created then. */
  pageRead(oldestCreatedAtMs: number | undefined): void;
  committed(committed: Committed, position: Position): void;
  /** A question is refused again and again. @param skipAtMs when the piece will be skipped if that goes on */
  refused(error: ConnectorError, skipAtMs: number): void;
  /** A gap without a position: the state says nothing. */
  gapFound(gap: Gap): void;
  /** The state can be read again. */
  gapWithdrawn(): void;
  /** A range was read again; what it found was committed. */
  swept(): void;
  positioned(position: Position): void;
  catchingUp(cause: CatchUpCause, fromMs: number | undefined): void;
  halted(error: ConnectorError): void;
  finished(): void;
}
