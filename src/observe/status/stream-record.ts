import type { AsanaObserver } from '../../asana/client.ts';
import { ASANA_RETENTION_MS } from '../../asana/retention.ts';
import { type Clock, isoTime } from '../../clock.ts';
import type { Gap } from '../../stream/gap.ts';
import type { Position, StreamObserver } from '../../stream/observer.ts';
import { CatchUpProgress } from '../catch-up-progress.ts';
import { lagMs } from '../lag.ts';
import type { GapStatus, ProgressStatus, StreamFacts, StreamState } from './document.ts';
import { LastError } from './last-error.ts';
import { RecentCounts } from './recent-counts.ts';

export interface StreamLimits {
  /** Exclusive end of what is read, epoch milliseconds. */
  readonly endAtMs: number | undefined;
  /** A live stream that is complete as of longer ago does not know how far behind it is. */
  readonly behindAfterMs: number;
}

// Below this, a failed request is one of the many that a retry heals at once.
const QUIET_ATTEMPTS = 2;
// A stream whose offsets are refused catches up with the last minute at each poll: that is how it is live.
const CATCHING_UP_FROM_MS = 2 * 60_000;

/** Remembers of one stream what the status shows. */
export class StreamRecord {
  readonly #stream: string;
  readonly #clock: Clock;
  readonly #limits: StreamLimits;
  readonly #rate: RecentCounts;
  readonly #progress = new CatchUpProgress();
  readonly #error = new LastError();
  #steps = 0;
  #noSessionSinceMs: number | undefined;
  #isBetweenSessions = false;
  #position: Position | undefined;
  /** Since the last commit it has turned to the past. */
  #turnedBack = false;
  #oldestUncommittedMs: number | undefined;
  #committingSinceMs: number | undefined;
  #lastCommitMs: number | undefined;
  #ended: 'halted' | 'finished' | undefined;
  #events = 0;
  #late = 0;
  #deadLetters = 0;
  #lastDeadLetterMs: number | undefined;
  #gaps = 0;
  #lastGap: GapStatus | null = null;

  constructor(stream: string, limits: StreamLimits, clock: Clock) {
    this.#stream = stream;
    this.#limits = limits;
    this.#clock = clock;
    this.#rate = new RecentCounts(clock.monotonicMs());
    this.#noSessionSinceMs = clock.now();
  }

  readonly observer: StreamObserver = {
    sessionStarted: () => {
      this.#step();
      this.#isBetweenSessions = false;
    },
    sessionEnded: (error) => {
      this.#step();
      this.#isBetweenSessions = true;
      this.#noSessionSinceMs ??= this.#clock.now();
      this.#committingSinceMs = undefined;
      this.#error.happened(error, 'session', this.#clock.now());
    },
    pageRead: (oldestCreatedAtMs) => {
      this.#step();
      this.#oldestUncommittedMs ??= oldestCreatedAtMs;
      this.#committingSinceMs ??= this.#clock.now();
      if (oldestCreatedAtMs !== undefined && this.#position === undefined) this.#reached(oldestCreatedAtMs);
    },
    positioned: (position) => this.#moveTo(position),
    committed: ({ events, deadLetters, late, gaps }, position) => {
      this.#events += events;
      this.#late += late;
      this.#rate.add(events, this.#clock.monotonicMs());
      this.#deadLetters += deadLetters.length;
      if (deadLetters.length > 0) this.#lastDeadLetterMs = this.#clock.now();
      for (const gap of gaps) this.#addGap(gap);
      this.#lastCommitMs = this.#clock.now();
      this.#turnedBack = false;
      // What was refused is answered, or stepped over.
      this.#error.healed('request');
      this.#moveTo(position);
      this.#reached(position.watermarkMs);
      if (this.state !== 'catching-up') this.#progress.end();
    },
    refused: (error, skipAtMs) => this.#error.happened(error, 'request', this.#clock.now(), skipAtMs),
    gapFound: (gap) => this.#addGap(gap),
    gapWithdrawn: () => {
      this.#gaps = 0;
      this.#lastGap = null;
    },
    swept: () => this.#step(),
    catchingUp: (_cause, fromMs) => {
      this.#holdSession();
      this.#turnedBack = fromMs === undefined || this.#isLongAgo(fromMs);
      if (this.#turnedBack) this.#progress.begin(fromMs);
    },
    halted: (error) => {
      this.#ended = 'halted';
      this.#committingSinceMs = undefined;
      this.#error.happened(error, 'stream', this.#clock.now());
    },
    finished: () => {
      this.#ended = 'finished';
    },
  };

  readonly requests: AsanaObserver = {
    requestEnded: () => this.#step(),
    requestFailed: (error, attempt) => {
      this.#step();
      // What is not repeated is said by whoever asked: catching up, skipping, halting.
      if (error.disposition !== 'retry-request') return;
      if (attempt < QUIET_ATTEMPTS && error.code !== 'ASANA_RATE_LIMITED') return;
      this.#error.happened(error, 'request', this.#clock.now());
    },
    requestRecovered: () => this.#error.healed('request'),
  };

  /** Of whatever shows that the loop turns. */
  get steps(): number {
    return this.#steps;
  }

  /** One has ended, and the next one has not begun. */
  get isBetweenSessions(): boolean {
    return this.#isBetweenSessions;
  }

  get state(): StreamState {
    if (this.#ended) return this.#ended;
    if (this.#noSessionSinceMs !== undefined) return 'starting';
    if (this.#position === undefined) return 'catching-up';
    const isInThePast = this.#turnedBack || this.#position.mode === 'catching-up';
    return isInThePast && this.#isLongAgo(this.#position.completeToMs) ? 'catching-up' : 'live';
  }

  read(budget: string | null): StreamFacts {
    const { state } = this;
    const [nowMs, monotonicMs] = [this.#clock.now(), this.#clock.monotonicMs()];
    const { watermarkMs, completeToMs } = this.#position ?? {};
    return {
      stream: this.#stream,
      state,
      no_session_since: state === 'starting' ? isoOrNull(this.#noSessionSinceMs) : null,
      lag_seconds: state === 'finished' ? null : secondsOrNull(this.#lagMs(nowMs)),
      complete_as_of: isoOrNull(completeToMs),
      position: isoOrNull(watermarkMs),
      last_commit_at: isoOrNull(this.#lastCommitMs),
      committing_since: isoOrNull(this.#committingSinceMs),
      progress: state === 'catching-up' ? this.#readProgress(nowMs) : null,
      events_per_second: rounded(this.#rate.perSecond(monotonicMs)),
      events_committed: this.#events,
      retention_headroom_seconds:
        completeToMs === undefined || state === 'finished'
          ? null
          : secondsOrNull(completeToMs + ASANA_RETENTION_MS - nowMs),
      last_error: this.#error.read(),
      gaps: { count: this.#gaps, last: this.#lastGap },
      dead_letters: this.#deadLetters,
      last_dead_letter_at: isoOrNull(this.#lastDeadLetterMs),
      late_events: this.#late,
      rate_per_minute: this.#rate.perMinute(monotonicMs),
      budget,
    };
  }

  #lagMs(nowMs: number): number | undefined {
    const isAsking = this.#noSessionSinceMs === undefined && this.#ended === undefined;
    const facts = { position: this.#position, oldestUncommittedMs: this.#oldestUncommittedMs, isAsking };
    return lagMs(facts, nowMs, this.#limits.behindAfterMs);
  }

  #readProgress(nowMs: number): ProgressStatus | null {
    const toMs = Math.min(nowMs, this.#limits.endAtMs ?? nowMs);
    const watermarkMs = this.#position?.watermarkMs;
    const progress =
      watermarkMs === undefined
        ? undefined
        : this.#progress.read(watermarkMs, toMs, this.#clock.monotonicMs());
    return progress === undefined
      ? null
      : {
          from: isoTime(progress.fromMs),
          to: isoTime(progress.toMs),
          done_ratio: rounded(progress.doneRatio),
          seconds_left: secondsOrNull(progress.leftMs),
        };
  }

  #moveTo(position: Position): void {
    this.#position = position;
    this.#oldestUncommittedMs = undefined;
    this.#committingSinceMs = undefined;
    this.#holdSession();
  }

  #holdSession(): void {
    this.#step();
    this.#noSessionSinceMs = undefined;
    this.#error.healed('session');
  }

  #reached(timeMs: number): void {
    this.#progress.reached(timeMs, this.#clock.monotonicMs());
  }

  #addGap({ fromMs, toMs, reason }: Gap): void {
    this.#gaps++;
    const found_at = isoTime(this.#clock.now());
    this.#lastGap = { from: isoOrNull(fromMs), to: isoOrNull(toMs), reason, found_at };
  }

  #isLongAgo(timeMs: number): boolean {
    return this.#clock.now() - timeMs > CATCHING_UP_FROM_MS;
  }

  #step(): void {
    this.#steps++;
  }
}

const isoOrNull = (timeMs: number | undefined): string | null =>
  timeMs === undefined ? null : isoTime(timeMs);
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
const secondsOrNull = (durationMs: number | undefined): number | null =>
  durationMs === undefined ? null : rounded(durationMs / 1_000);
