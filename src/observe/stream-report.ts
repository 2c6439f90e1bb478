import { type Clock, isoTime } from '../clock.ts';
import { describe } from '../errors.ts';
import type { Fields, Log } from '../log.ts';
import type { Gap } from '../stream/gap.ts';
import type { Committed, Position, StreamObserver } from '../stream/observer.ts';
import { CatchUpProgress } from './catch-up-progress.ts';
import { Incident } from './incident.ts';
import { Progress } from './progress.ts';

/** What one stream does, as log lines: one an incident, none for what works. */
export function reportStream(log: Log, clock: Pick<Clock, 'now' | 'monotonicMs'>): StreamObserver {
  const nowMs = clock.now;
  const lostSession = new Incident(nowMs);
  const catchUp = new Progress(nowMs);
  const way = new CatchUpProgress();
  const deadLetters = new DeadLetterReport(log, nowMs);
  const sweeps = new SweepReport(log, clock);
  let events = 0;
  let isResumed = false;
  const sayProgress = ({ mode, watermarkMs, caughtUp }: Position) => {
    if (mode === 'live' && caughtUp) {
      way.end();
      if (catchUp.ends()) log.say('caught-up', { events });
      return;
    }
    const seenMs = clock.monotonicMs();
    way.reached(watermarkMs, seenMs);
    if (!catchUp.goesOn()) return;
    const leftMs = way.read(watermarkMs, nowMs(), seenMs)?.leftMs;
    const seconds_left = leftMs === undefined ? undefined : Math.round(leftMs / 1_000);
    log.say('catching-up-progress', { events, reached: isoTime(watermarkMs), seconds_left });
  };
  const moveTo = (position: Position) => {
    // Not when it began: in a long outage sessions begin and fail by turns, and that is one incident.
    const lastedSeconds = lostSession.ends();
    if (lastedSeconds !== undefined) log.say('session-held', { lasted_s: lastedSeconds });
    sayProgress(position);
    sweeps.look(position);
  };
  return {
    sessionStarted: () => {},
    sessionEnded: (error, retryInMs) =>
      log.say(
        'session-ended',
        { ...describe(error), retry_in_ms: Math.round(retryInMs) },
        lostSession.goesOn(error.code) ? 'warn' : 'debug',
      ),
    pageRead: () => {},
    positioned: (position) => {
      if (!isResumed)
        log.say('stream-resumed', { mode: position.mode, complete_as_of: isoTime(position.completeToMs) });
      isResumed = true;
      moveTo(position);
    },
    committed: (committed, position) => {
      isResumed = true;
      events += committed.events;
      deadLetters.add(committed.deadLetters);
      for (const gap of committed.gaps) log.say('gap-recorded', fieldsOf(gap));
      moveTo(position);
    },
    refused: ({ message }, skipAtMs) =>
      log.say('question-refused', { error: message, skip_at: isoTime(skipAtMs) }),
    gapFound: (gap) => log.say('gap-recorded', fieldsOf(gap)),
    gapWithdrawn: () => log.say('gap-withdrawn'),
    swept: () => {},
    catchingUp: (cause, fromMs) => {
      way.begin(fromMs);
      // An offset that expires between two polls is the normal case where Asana's offsets live shortly.
      const level = catchUp.begins(cause === 'offset-refused') ? 'info' : 'debug';
      log.say(
        'catching-up',
        { cause, from: fromMs === undefined ? 'the oldest event' : isoTime(fromMs) },
        level,
      );
    },
    halted: (error) => log.say('stream-halted', describe(error)),
    finished: () => log.say('stream-finished', { events }),
  };
}

/** Where each event is a dead letter, a line for each transaction would be a flood. */
class DeadLetterReport {
  readonly #log: Log;
  readonly #flood: Incident;
  #unsaid: Committed['deadLetters'][number][] = [];

  constructor(log: Log, nowMs: () => number) {
    this.#log = log;
    this.#flood = new Incident(nowMs);
  }

  add(letters: Committed['deadLetters']): void {
    this.#unsaid.push(...letters);
    // Also with a commit that has none: the last ones of a flood are said once it is over.
    if (this.#unsaid.length === 0 || !this.#flood.goesOn('dead letters')) return;
    const reasons: Record<string, number> = {};
    for (const { reason } of this.#unsaid) reasons[reason] = (reasons[reason] ?? 0) + 1;
    this.#log.say('dead-letters-written', { count: this.#unsaid.length, reasons });
    this.#unsaid = [];
  }
}

const SWEEPS_BEHIND_AFTER_MS = 15 * 60_000;

/** Sweeps that are behind and stay so. Not while the stream catches up, nor for as long as one takes that a start has left. */
class SweepReport {
  readonly #log: Log;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #behindSinceMs: number | undefined;
  #isSaid = false;

  constructor(log: Log, clock: Pick<Clock, 'monotonicMs'>) {
    this.#log = log;
    this.#clock = clock;
  }

  look({ mode, sweeps }: Position): void {
    if (mode !== 'live') return;
    if (!sweeps?.areBehind) {
      this.#behindSinceMs = undefined;
      this.#isSaid = false;
      return;
    }
    this.#behindSinceMs ??= this.#clock.monotonicMs();
    if (this.#isSaid || this.#clock.monotonicMs() - this.#behindSinceMs < SWEEPS_BEHIND_AFTER_MS) return;
    this.#log.say('sweeps-behind', { swept_to: isoTime(sweeps.sweptToMs) });
    this.#isSaid = true;
  }
}

const GAP_NEXT_STEPS: Readonly<Record<Gap['reason'], string>> = {
  'deleted-by-asana':
    'Asana has deleted what it had of this time and the stream goes on: keep the connector from being down for so long; alert on asana_audit_retention_headroom_seconds',
  'refused-by-asana': 'the stream goes on behind it: show the message to Asana if you need these events',
  'skipped-by-operator': 'none: it was left out on purpose, with asana-audit-kafka offsets set',
  'state-unreadable': 'nothing is skipped yet: the stream halts, do as it says then',
};

const fieldsOf = ({ fromMs, toMs, reason, message }: Gap): Fields => ({
  from: fromMs === undefined ? 'unknown' : isoTime(fromMs),
  to: toMs === undefined ? 'open' : isoTime(toMs),
  reason,
  found: message,
  next_step: GAP_NEXT_STEPS[reason],
});
