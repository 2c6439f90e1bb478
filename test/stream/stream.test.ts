import { describe, expect, test } from 'vitest';
import { orStopped } from '../../src/deadline.ts';
import type { ErrorCode } from '../../src/error-list.ts';
import { ConnectorError } from '../../src/errors.ts';
import type { StreamObserver } from '../../src/stream/observer.ts';
import { type RunSession, runStream } from '../../src/stream/stream.ts';

/** Runs sessions that end as `endings` says, one after the other, on a clock on which each takes `sessionMs`. */
async function runSessions(endings: (ErrorCode | 'finished' | 'unknown')[], sessionMs = 10) {
  let nowMs = 0;
  const waits: number[] = [];
  const causes: string[] = [];
  const observer = {
    sessionStarted: (cause) => causes.push(cause),
    sessionEnded: () => {},
    halted: () => {},
    finished: () => {},
  } as Partial<StreamObserver>;
  const clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (delayMs: number) => {
      waits.push(delayMs);
      nowMs += delayMs;
    },
  };
  const left = [...endings];
  const session: RunSession = async () => {
    nowMs += sessionMs;
    const ending = left.shift();
    if (ending === 'unknown') throw new TypeError('x is not a function');
    if (ending !== 'finished' && ending !== undefined) throw new ConnectorError(ending, 'it broke');
  };
  const ports = {
    clock,
    random: () => 0.5,
    observer: observer as StreamObserver,
    connectorName: 'mine',
    stillOurs: async () => {},
    wellAfterMs: 60_000,
  };
  const outcome = await runStream(session, ports, new AbortController().signal);
  return { outcome, waits, causes };
}

describe('a stream', () => {
  test('begins a new session after whatever a new session heals', async () => {
    const { outcome, causes } = await runSessions([
      'KAFKA_OUTCOME_UNKNOWN',
      'KAFKA_UNAVAILABLE',
      'SCHEMA_REGISTRY_UNAVAILABLE',
      'finished',
    ]);
    expect(outcome).toEqual({ ended: 'finished' });
    expect(causes).toEqual([
      'start',
      'kafka_outcome_unknown',
      'kafka_unavailable',
      'schema_registry_unavailable',
    ]);
  });

  test('halts on what no session heals', async () => {
    const { outcome } = await runSessions(['ASANA_FORBIDDEN', 'finished']);
    expect(outcome).toMatchObject({ ended: 'failed', error: { code: 'ASANA_FORBIDDEN' } });
  });

  test('takes what nobody foresaw for a defect, and does not go on over it', async () => {
    expect((await runSessions(['unknown', 'finished'])).outcome).toMatchObject({
      ended: 'failed',
      error: { code: 'INTERNAL' },
    });
  });

  test('that is fenced once goes on: it may have been a takeover that is over', async () => {
    expect((await runSessions(['KAFKA_FENCED', 'finished'])).outcome).toEqual({ ended: 'finished' });
  });

  test('that is fenced again right away says that another instance runs, and does not fence back for ever', async () => {
    const { outcome } = await runSessions(['KAFKA_FENCED', 'KAFKA_FENCED', 'finished']);
    expect(outcome).toMatchObject({
      ended: 'failed',
      error: { code: 'ANOTHER_INSTANCE', message: expect.stringContaining('runs as mine') },
    });
  });

  // Found by make soak: two fenced each other for a minute, and timed out in between.
  test('that is fenced again after transactions that took too long says so too', async () => {
    const tooSlow = ['KAFKA_TRANSACTION_TIMEOUT', 'KAFKA_TRANSACTION_TIMEOUT'] as const;
    const { outcome } = await runSessions(['KAFKA_FENCED', ...tooSlow, 'KAFKA_FENCED', 'finished']);
    expect(outcome).toMatchObject({ ended: 'failed', error: { code: 'ANOTHER_INSTANCE' } });
  });

  test('that failed otherwise in between is not taken for one that somebody keeps fencing', async () => {
    const { outcome } = await runSessions(['KAFKA_FENCED', 'KAFKA_UNAVAILABLE', 'KAFKA_FENCED', 'finished']);
    expect(outcome).toEqual({ ended: 'finished' });
  });

  test('that was well in between may be fenced any number of times: each is an incident of its own', async () => {
    const { outcome } = await runSessions(
      ['KAFKA_FENCED', 'KAFKA_FENCED', 'KAFKA_FENCED', 'finished'],
      61_000,
    );
    expect(outcome).toEqual({ ended: 'finished' });
  });

  test('waits longer after each failure, and at most 15 s', async () => {
    const { waits } = await runSessions([...Array(12).fill('KAFKA_UNAVAILABLE'), 'finished']);
    expect(waits.slice(0, 3)).toEqual([188, 375, 750]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
  });

  test('stops without an error when it is told to, and starts no further session', async () => {
    const stop = new AbortController();
    let sessions = 0;
    const session: RunSession = async () => {
      sessions++;
      stop.abort(new Error('stopped'));
      throw new ConnectorError('KAFKA_UNAVAILABLE', 'broke while stopping');
    };
    const observer = { sessionStarted: () => {} } as Partial<StreamObserver> as StreamObserver;
    const clock = {
      now: () => 0,
      monotonicMs: () => 0,
      sleep: () => Promise.reject(new Error('not to be called')),
    };
    const outcome = await runStream(
      session,
      { clock, random: () => 0, observer, connectorName: 'mine', stillOurs: async () => {}, wellAfterMs: 1 },
      stop.signal,
    );
    expect(outcome).toEqual({ ended: 'stopped' });
    expect(sessions).toBe(1);
  });
});

describe('a stream that another replica may have been given', () => {
  /** Its first session breaks, the second one would finish. Whether it is still ours is answered by `word`. */
  function breakOnce() {
    const word = Promise.withResolvers<void>();
    const giveUp = new AbortController();
    const causes: string[] = [];
    const observer = {
      sessionStarted: (cause) => causes.push(cause),
      sessionEnded: () => {},
      finished: () => {},
    } as Partial<StreamObserver> as StreamObserver;
    const session: RunSession = async () => {
      if (causes.length === 1) throw new ConnectorError('KAFKA_FENCED', 'it broke');
    };
    const ports = {
      clock: { now: () => 0, monotonicMs: () => 0, sleep: async () => {} },
      random: () => 0,
      observer,
      connectorName: 'mine',
      stillOurs: (signal: AbortSignal) => orStopped(signal, word.promise),
      wellAfterMs: 1,
    };
    return { word, giveUp, causes, ended: runStream(session, ports, giveUp.signal) };
  }
  const allElseIsDone = () => new Promise((resolve) => setImmediate(resolve));

  test('begins no second session, which would fence its owner, before it is known to be ours', async () => {
    const { word, causes, ended } = breakOnce();
    await allElseIsDone();
    expect(causes).toEqual(['start']);
    word.resolve();
    expect(await ended).toEqual({ ended: 'finished' });
    expect(causes).toEqual(['start', 'kafka_fenced']);
  });

  test('begins none at all once it is given up', async () => {
    const { giveUp, causes, ended } = breakOnce();
    await allElseIsDone();
    giveUp.abort(new Error('the stream was given to another replica'));
    expect(await ended).toEqual({ ended: 'stopped' });
    expect(causes).toEqual(['start']);
  });
});
