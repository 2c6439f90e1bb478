import { expect, test } from 'vitest';
import { TokenBudget } from '../../src/asana/budget.ts';
import { AuditLogClient } from '../../src/asana/client.ts';
import { Secret } from '../../src/config/secret.ts';
import type { ErrorCode } from '../../src/error-list.ts';
import { ImpatientSource } from '../../src/verify/impatient-source.ts';
import { decodeSourcePage } from '../../src/verify/source-event.ts';
import { scanSource } from '../../src/verify/source-scan.ts';
import { FakeClock } from '../support/fake-clock.ts';

const REFUSED_MS = Date.parse('2026-01-10T00:00:00.000Z');
const WINDOW = { filters: {}, startAtMs: REFUSED_MS - 1_000, endAtMs: REFUSED_MS + 1_000 };
const NO_EVENTS = '{"data":[],"next_page":null}';
const signal = new AbortController().signal;
const never = () => {};

/** Asana, which answers every window without events, but for those that it gives a status for. */
function source(statusOf: (fromMs: number, toMs: number) => number) {
  const clock = new FakeClock();
  const asked: [number, number][] = [];
  const client = new AuditLogClient(
    new URL('https://asana.example/api/1.0'),
    '1',
    { value: new Secret('t') },
    {
      get: async (url) => {
        const [fromMs = 0, toMs = 0] = ['start_at', 'end_at'].map((name) =>
          Date.parse(url.searchParams.get(name) ?? ''),
        );
        asked.push([fromMs, toMs]);
        const status = statusOf(fromMs, toMs);
        return { status, headers: {}, body: Buffer.from(status === 200 ? NO_EVENTS : '') };
      },
      clock,
      random: () => 0.5,
      budget: new TokenBudget(0, clock, never),
      observer: { requestEnded: never, requestFailed: never, requestRecovered: never },
      decodePage: decodeSourcePage('1', undefined),
      hidesFields: false,
    },
  );
  return { clock, asked, asana: new ImpatientSource(client, { clock, random: () => 0.5 }) };
}

const holdsRefused = (fromMs: number, toMs: number) => fromMs <= REFUSED_MS && toMs > REFUSED_MS;

// It asked for 48 hours and longer: a proof that never ends.
test.each<[string, (fromMs: number, toMs: number) => number, ErrorCode, RegExp, number]>([
  [
    'a time that Asana refuses with 500, while it answers for others, and of which no gap is recorded',
    (from, to) => (holdsRefused(from, to) ? 500 : 200),
    'ASANA_REFUSED_FOR_GOOD',
    /refuses what was created from 2026-01-09T23:59:59.000Z on, and no gap record says so: Asana answered 500/,
    11,
  ],
  [
    'the same with 400, at once',
    (from, to) => (holdsRefused(from, to) ? 400 : 200),
    'ASANA_REFUSED_FOR_GOOD',
    /no gap record says so: Asana answered 400/,
    0,
  ],
  ['an outage', () => 503, 'ASANA_SERVER_ERROR', /no page for 10 minutes: Asana answered 503/, 11],
  ['a token that is used up without end', () => 429, 'ASANA_RATE_LIMITED', /no page for 10 minutes/, 11],
  ['a request that is refused as such, at once', () => 400, 'ASANA_REQUEST_REFUSED', /Asana answered 400/, 0],
])('%s ends the scan', async (_what, statusOf, code, message, withinMinutes) => {
  const { clock, asana } = source(statusOf);

  const scan = scanSource(asana, WINDOW, [], never, signal);

  await expect(clock.runUntilSettled(scan)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
  expect(clock.monotonicMs()).toBeLessThanOrEqual(withinMinutes * 60_000);
});

test('an outage that is over within ten minutes is waited for', async () => {
  const { clock, asana } = source(() => (clock.monotonicMs() < 540_000 ? 503 : 200));

  const found = await clock.runUntilSettled(scanSource(asana, WINDOW, [], never, signal));

  expect(found.size).toBe(0);
});

test('a recorded gap is not asked for, and all around it is', async () => {
  const { clock, asked, asana } = source((from, to) => (holdsRefused(from, to) ? 500 : 200));
  const gap = { fromMs: REFUSED_MS, toMs: REFUSED_MS + 1, reason: 'refused-by-asana' as const };

  await clock.runUntilSettled(scanSource(asana, WINDOW, [gap], never, signal));

  expect(asked).toEqual([
    [WINDOW.startAtMs, REFUSED_MS],
    [REFUSED_MS + 1, WINDOW.endAtMs],
  ]);
});

test('a window without a start begins with the oldest event, before a gap too', async () => {
  const { clock, asked, asana } = source(() => 200);
  const gap = { fromMs: REFUSED_MS, toMs: REFUSED_MS + 1, reason: 'refused-by-asana' as const };

  const scan = scanSource(asana, { ...WINDOW, startAtMs: undefined }, [gap], never, signal);
  await clock.runUntilSettled(scan);

  expect(asked).toEqual([
    [Number.NaN, REFUSED_MS],
    [REFUSED_MS + 1, WINDOW.endAtMs],
  ]);
});
