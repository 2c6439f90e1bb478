import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/error-list.ts';
import { ConnectorError } from '../../src/errors.ts';
import { NO_EVENTS, scriptedAsana } from './scripted-asana.ts';

const query = { filters: { eventType: 'user_login_failed' }, startAtMs: Date.UTC(2026, 0, 1) };
const { signal } = new AbortController();
const codes = Object.keys(ERRORS) as ErrorCode[];
const isTransient = (code: ErrorCode) => ERRORS[code].disposition === 'retry-request';

test('a page is asked for at the endpoint of the workspace, with query, offset and token', async () => {
  const { requests, newClient } = scriptedAsana([
    {
      status: 200,
      body: '{"data":[{"gid":"1"}],"next_page":{"offset":"two","uri":"https://elsewhere.example/"}}',
    },
  ]);
  const page = await newClient().fetchPage(query, 'one', signal);
  expect(page).toMatchObject({ events: [{ unmappable: { json: '{"gid":"1"}' } }], offset: 'two' });
  expect(requests.map(({ url, authorization }) => [url.href, authorization])).toEqual([
    [
      'https://asana.example/api/1.0/workspaces/111/audit_log_events?start_at=2026-01-01T00%3A00%3A00.000Z&event_type=user_login_failed&offset=one',
      'Bearer token',
    ],
  ]);
});

test.each([
  ['https://asana.example', 'https://asana.example/workspaces/111/audit_log_events'],
  ['https://asana.example/api/1.0//', 'https://asana.example/api/1.0/workspaces/111/audit_log_events'],
  // Resolved as a relative reference, this would send the token to the host 'api'.
  ['https://asana.example//api/1.0', 'https://asana.example//api/1.0/workspaces/111/audit_log_events'],
  ['http://127.0.0.1:81/a%20b', 'http://127.0.0.1:81/a%20b/workspaces/111/audit_log_events'],
])('the base URL %s leads to %s', async (baseUrl, endpoint) => {
  const { requests, newClient } = scriptedAsana([NO_EVENTS]);
  await newClient(undefined, baseUrl).fetchPage({ filters: {} }, undefined, signal);
  expect(requests[0]?.url.href).toBe(endpoint);
});

test.each(codes.filter(isTransient))('%s is repeated until it passes, after growing waits', async (code) => {
  const error = new ConnectorError(code, 'scripted');
  const { clock, requests, seen, newClient } = scriptedAsana([error, error, error, NO_EVENTS]);
  await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 500, 1_500, 3_500]);
  expect(seen.filter((line) => !line.startsWith('ended'))).toEqual([
    `failed ${code} 0 500`,
    `failed ${code} 1 1000`,
    `failed ${code} 2 2000`,
    'recovered 3',
  ]);
});

test.each(codes.filter((code) => !isTransient(code)))('%s is not repeated', async (code) => {
  const error = new ConnectorError(code, 'scripted');
  const { requests, newClient } = scriptedAsana([error, NO_EVENTS]);
  await expect(newClient().fetchPage(query, undefined, signal)).rejects.toBe(error);
  expect(requests).toHaveLength(1);
});

test.each([400, 401, 402, 403, 404, 410, 302])('a %i is not repeated', async (status) => {
  const { requests, newClient } = scriptedAsana([{ status }, NO_EVENTS]);
  await expect(newClient().fetchPage(query, undefined, signal)).rejects.toThrow('scripted');
  expect(requests).toHaveLength(1);
});

test('a defect is not repeated either: INTERNAL', async () => {
  const { requests, newClient } = scriptedAsana([]);
  await expect(newClient().fetchPage(query, undefined, signal)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(requests).toHaveLength(1);
});

test('waits grow to half a minute and no further', async () => {
  const script = [...Array.from({ length: 12 }, () => ({ status: 500 })), NO_EVENTS];
  const { clock, requests, newClient } = scriptedAsana(script);
  await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
  const waits = requests.slice(1).map(({ atMs }, i) => atMs - (requests[i]?.atMs ?? 0));
  expect(waits).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000,
  ]);
});

test.each([429, 503])(
  'after a %i nobody with the token asks before Retry-After has passed',
  async (status) => {
    const { clock, requests, newClient } = scriptedAsana([
      { status, headers: { 'retry-after': '20' } },
      NO_EVENTS,
    ]);
    const [one, other] = [newClient(), newClient()];
    const first = one.fetchPage(query, undefined, signal);
    await clock.advance(5_000);
    const second = other.fetchPage(query, undefined, signal);
    await clock.runUntilSettled(Promise.all([first, second]));
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 20_000, 20_000]);
  },
);

test('a Retry-After that is shorter than the backoff does not shorten it, and the waits do not add up', async () => {
  const limited = { status: 429, headers: { 'retry-after': '1' } };
  const { clock, requests, newClient } = scriptedAsana([limited, limited, limited, NO_EVENTS]);
  await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000, 4_000]);
});

test('a date in Retry-After is read on the clock that wrote it, not on ours', async () => {
  const { clock, requests, newClient } = scriptedAsana([
    {
      status: 429,
      headers: { date: 'Sat, 31 Jan 2026 12:00:00 GMT', 'retry-after': 'Sat, 31 Jan 2026 12:00:10 GMT' },
    },
    NO_EVENTS,
  ]);
  await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 10_000]);
});

test.each([
  ['Asana’s', -60_000],
  ['ours', 60_000],
])(
  'asOfMs is by Asana’s clock, minus the duration, and nowMs by the later of two: %s is behind',
  async (_whose, aheadMs) => {
    const ourMs = Date.UTC(2026, 0, 31, 12);
    const date = new Date(ourMs + aheadMs).toUTCString();
    const { clock, newClient } = scriptedAsana([{ ...NO_EVENTS, headers: { date }, tookMs: 1_234.5 }]);
    clock.setWallClockBy(ourMs - clock.now());
    const { asOfMs, nowMs } = await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
    expect(asOfMs).toBe(ourMs + aheadMs - 1_235);
    expect(nowMs).toBe(aheadMs < 0 ? ourMs : ourMs + aheadMs);
  },
);

test('without a Date header, asOfMs is when the request left, waits for the budget not counted', async () => {
  const { clock, budget, newClient } = scriptedAsana([{ ...NO_EVENTS, tookMs: 2_000 }]);
  const startMs = clock.now();
  budget.pauseUntil(startMs + 700);
  const { asOfMs } = await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
  expect(asOfMs).toBe(startMs + 700);
});

test('each request is observed with its status and its own duration', async () => {
  const { clock, seen, newClient } = scriptedAsana([
    { status: 502, tookMs: 30 },
    new ConnectorError('ASANA_UNREACHABLE', 'scripted'),
    { ...NO_EVENTS, tookMs: 40 },
  ]);
  await clock.runUntilSettled(newClient().fetchPage(query, undefined, signal));
  expect(seen.filter((line) => line.startsWith('ended'))).toEqual([
    'ended 502 30',
    'ended error 0',
    'ended 200 40',
  ]);
});

test.each([
  ['for the backoff', (asana: ReturnType<typeof scriptedAsana>) => asana.clock.advance(100)],
  [
    'for the budget',
    (asana: ReturnType<typeof scriptedAsana>) => {
      asana.budget.pauseUntil(asana.clock.now() + 60_000);
      return asana.clock.advance(10_000);
    },
  ],
])(
  'an abort while it waits %s rejects with its reason and leaves neither timer nor listener',
  async (_, wait) => {
    const asana = scriptedAsana([{ status: 500 }]);
    const stop = new AbortController();
    const reason = new Error('stop');
    const page = expect(asana.newClient().fetchPage(query, undefined, stop.signal)).rejects.toBe(reason);
    await wait(asana);
    expect(asana.clock.sleepers).toBe(1);
    stop.abort(reason);
    await page;
    expect(asana.clock.sleepers).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  },
);
