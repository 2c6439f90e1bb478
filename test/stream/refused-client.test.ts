import { describe, expect, test } from 'vitest';
import { PatientClient } from '../../src/asana/patient-client.ts';
import type { Query } from '../../src/asana/query.ts';
import type { ErrorCode } from '../../src/error-list.ts';
import { ConnectorError } from '../../src/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RETRY_MS = 10_000;
const START_MS = Date.parse('2026-01-31T04:30:00.000Z');
const query: Query = { filters: { eventType: 'x' }, startAtMs: START_MS, limit: 7 };
const signal = new AbortController().signal;

type Answers = (asked: Query, offset: string | undefined, atMs: number) => ErrorCode | undefined;

/** A client that retries every 10 s as the real one does, over a source that answers by error code, or with a page. */
function patient(answers: Answers, skipAfterMs = HOUR_MS) {
  const clock = new FakeClock();
  const asked: Query[] = [];
  const said: number[] = [];
  const inner = {
    fetchPage: async (
      each: Query,
      offset: string | undefined,
      limited: AbortSignal,
      isEnough: (error: ConnectorError) => boolean = () => false,
    ) => {
      for (;;) {
        asked.push(each);
        const code = answers(each, offset, clock.monotonicMs());
        if (code === undefined)
          return {
            events: [],
            offset: null,
            asOfMs: clock.now(),
            nowMs: clock.now(),
            sizeBytes: 0,
            roundTripMs: 0,
          };
        const error = new ConnectorError(code, 'scripted');
        if (error.disposition !== 'retry-request' || isEnough(error)) throw error;
        await clock.sleep(RETRY_MS, limited);
      }
    },
  };
  const client = new PatientClient(inner, skipAfterMs, {
    clock,
    random: () => 1,
    onRefused: (_error, skipAtMs) => said.push(skipAtMs),
  });
  const fetched = async (each = query, offset?: string) => {
    const ended = clock.runUntilSettled(client.fetchPage(each, offset, signal));
    return ended.then(
      () => 'answered',
      (error: ConnectorError) => error.code,
    );
  };
  return { clock, asked, said, client, fetched };
}

const isControl = ({ endAtMs, startAtMs }: Query) =>
  endAtMs !== undefined && endAtMs - (startAtMs ?? 0) === MINUTE_MS;
const refusing =
  (code: ErrorCode): Answers =>
  (each) =>
    isControl(each) ? undefined : code;

describe('a question that is refused while others are answered', () => {
  test.each<ErrorCode>([
    'ASANA_SERVER_ERROR',
    'ASANA_ANSWER_INVALID',
    'ASANA_UNREACHABLE',
    'ASANA_REQUEST_REFUSED',
  ])('is given up after the time allowed, and not before: %s', async (code) => {
    const { clock, fetched } = patient(refusing(code));
    expect(await fetched()).toBe('ASANA_REFUSED_FOR_GOOD');
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(HOUR_MS);
    // By 5 minutes at most, which is the longest wait between two attempts.
    expect(clock.monotonicMs()).toBeLessThan(HOUR_MS + 6 * MINUTE_MS);
  });

  test('is said once, with the time at which it will be skipped', async () => {
    const { clock, said, fetched } = patient(refusing('ASANA_SERVER_ERROR'));
    const startedMs = clock.now();
    await fetched();
    expect(said).toEqual([startedMs + HOUR_MS]);
  });

  test('is waited for across sessions, whatever end its window has by then', async () => {
    const { clock, client, fetched } = patient(refusing('ASANA_SERVER_ERROR'));
    const session = new AbortController();
    const first = client.fetchPage({ ...query, endAtMs: START_MS + HOUR_MS }, undefined, session.signal);
    const ended = first.catch(() => {});
    await clock.advance(40 * MINUTE_MS);
    session.abort(new Error('the session ended'));
    await ended;
    expect(await fetched({ ...query, endAtMs: START_MS + 2 * HOUR_MS })).toBe('ASANA_REFUSED_FOR_GOOD');
    expect(clock.monotonicMs()).toBeLessThan(HOUR_MS + MINUTE_MS);
  });

  test('counts anew once it was answered, but not for a smaller window', async () => {
    let isMended = false;
    const { clock, client, fetched } = patient((each) =>
      isMended || isControl(each) || each.endAtMs === START_MS + 1 ? undefined : 'ASANA_SERVER_ERROR',
    );
    const refuseFor = async (durationMs: number) => {
      const session = new AbortController();
      const ended = client.fetchPage(query, undefined, session.signal).catch(() => {});
      await clock.advance(durationMs);
      session.abort(new Error('the session ended'));
      await ended;
    };
    await refuseFor(50 * MINUTE_MS);
    expect(await fetched({ ...query, endAtMs: START_MS + 1 })).toBe('answered');
    isMended = true;
    expect(await fetched()).toBe('answered');
    isMended = false;
    await refuseFor(50 * MINUTE_MS);
    expect(await fetched({ ...query, endAtMs: START_MS + 1 })).toBe('answered');
    const beforeMs = clock.monotonicMs();
    expect(await fetched()).toBe('ASANA_REFUSED_FOR_GOOD');
    expect(clock.monotonicMs() - beforeMs).toBeGreaterThan(9 * MINUTE_MS);
    expect(clock.monotonicMs() - beforeMs).toBeLessThan(11 * MINUTE_MS);
  });

  test('right behind a piece that was stepped over is not waited for again', async () => {
    const { clock, client, fetched } = patient(refusing('ASANA_SERVER_ERROR'));
    client.cameTo(START_MS);
    expect(await fetched()).toBe('ASANA_REFUSED_FOR_GOOD');
    expect(clock.monotonicMs()).toBe(0);
  });

  test('is never given up with 0, and a 400 stops the stream at once', async () => {
    const { clock, client } = patient(refusing('ASANA_SERVER_ERROR'), 0);
    const stop = new AbortController();
    let isEnded = false;
    const ended = client.fetchPage(query, undefined, stop.signal).catch(() => {
      isEnded = true;
    });
    await clock.advance(100 * HOUR_MS);
    expect(isEnded).toBe(false);
    stop.abort(new Error('enough'));
    await ended;
    const bad = patient(refusing('ASANA_REQUEST_REFUSED'), 0);
    expect(await bad.fetched()).toBe('ASANA_REQUEST_REFUSED');
    expect(bad.asked).toHaveLength(1);
  });
});

describe('a question that is refused like all others', () => {
  test('is the configuration where all are refused with 400: at once', async () => {
    const { clock, asked, fetched } = patient(() => 'ASANA_REQUEST_REFUSED');
    expect(await fetched()).toBe('ASANA_REQUEST_REFUSED');
    expect(clock.monotonicMs()).toBe(0);
    expect(asked.slice(1).map(({ filters, limit, endAtMs }) => ({ filters, limit, endAtMs }))).toEqual([
      { filters: query.filters, limit: 7, endAtMs: clock.now() },
      { filters: query.filters, limit: 7, endAtMs: START_MS },
    ]);
  });

  test('is an outage otherwise, and waited for; the time counts from its end', async () => {
    const outageMs = 90 * MINUTE_MS;
    const { clock, fetched } = patient((each, _offset, atMs) =>
      atMs > outageMs && isControl(each) ? undefined : 'ASANA_SERVER_ERROR',
    );
    expect(await fetched()).toBe('ASANA_REFUSED_FOR_GOOD');
    expect(clock.monotonicMs()).toBeGreaterThan(2 * HOUR_MS);
  });

  test('where what is refused has only just come, the minute before it decides', async () => {
    const { fetched } = patient((each) =>
      (each.endAtMs ?? Number.POSITIVE_INFINITY) <= START_MS ? undefined : 'ASANA_REQUEST_REFUSED',
    );
    expect(await fetched()).toBe('ASANA_REFUSED_FOR_GOOD');
  });
});

test('what no retry heals, and being asked to wait, are no refusals', async () => {
  const forbidden = patient(() => 'ASANA_FORBIDDEN');
  expect(await forbidden.fetched()).toBe('ASANA_FORBIDDEN');
  expect(forbidden.asked).toHaveLength(1);
  const limited = patient((_each, _offset, atMs) => (atMs < 3 * HOUR_MS ? 'ASANA_RATE_LIMITED' : undefined));
  expect(await limited.fetched()).toBe('answered');
  expect(limited.said).toEqual([]);
});
