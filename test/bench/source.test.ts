import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { type SourceServer, serveSource } from '../../bench/source/server.ts';
import { QUIET, type SourceSettings, SPAN_DAYS, workspaceGids } from '../../bench/source/settings.ts';
import { PageTemplate, readGid, simulatedTexts } from '../../bench/source/template.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/json.ts';
import { ask, auditUrl, fakeClock, NOON_MS, type Query, simulate, timesOf } from '../simulator/support.ts';

const [WORKSPACE = ''] = workspaceGids(1);
const YOUNGEST_MS = 300_000;
const template = new PageTemplate(simulatedTexts({ unknownFields: 0.02, bigIntegers: 0 }));

async function serve(settings: Partial<SourceSettings>, clock = fakeClock()): Promise<SourceServer> {
  const source = await serveSource(template, { ...QUIET, ...settings }, clock.now);
  onTestFinished(() => source.close());
  return source;
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly events: readonly JsonObject[];
  readonly offset: string | undefined;
}

async function page({ origin }: SourceServer, query: Query = {}, workspace = WORKSPACE): Promise<Reply> {
  const url = `${origin}/api/1.0/workspaces/${workspace}/audit_log_events?${new URLSearchParams(query)}`;
  const answer = await fetch(url, { headers: { authorization: 'Bearer token' } });
  const text = await answer.text();
  const body: JsonValue = parseJson(text);
  const { data, next_page } = isJsonObject(body) ? body : {};
  const offset = next_page !== undefined && isJsonObject(next_page) ? next_page.offset : undefined;
  return {
    status: answer.status,
    text,
    events: Array.isArray(data) ? data.filter(isJsonObject) : [],
    offset: typeof offset === 'string' ? offset : undefined,
  };
}

async function chain(source: SourceServer, query: Query = {}): Promise<JsonObject[]> {
  const events: JsonObject[] = [];
  for (let offset: string | undefined; ; ) {
    const reply = await page(source, offset === undefined ? query : { ...query, offset });
    events.push(...reply.events);
    if (reply.events.length === 0) return events;
    offset = reply.offset;
  }
}

const indexesOf = (events: readonly JsonObject[]) => events.map(({ gid }) => readGid(String(gid))?.index);
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at);

test.each([{}, { limit: '100' }, { limit: '7' }])(
  'a chain of offsets gives every event once, in order: %o',
  async (query) => {
    const source = await serve({ events: 2_345 });
    expect(indexesOf(await chain(source, query))).toEqual(upTo(2_345));
  },
);

test('windows that touch share no event and lose none', async () => {
  const source = await serve({ events: 2_000 });
  const edge = new Date(NOON_MS - 40 * 86_400_000).toISOString();
  const [before, after] = [await chain(source, { end_at: edge }), await chain(source, { start_at: edge })];
  expect(before.length).toBeGreaterThan(500);
  expect(indexesOf([...before, ...after])).toEqual(upTo(2_000));
  expect(timesOf(before).every((time) => time < edge)).toBe(true);
});

test('its pages are cut as those of the simulator, whose times it has', async () => {
  const events = 3_000;
  const source = await serve({ events });
  const clock = fakeClock(NOON_MS - YOUNGEST_MS);
  const simulator = await simulate({ events, days: SPAN_DAYS, requestsPerMinute: 0 }, clock);
  const day = (days: number) => new Date(NOON_MS - days * 86_400_000).toISOString();
  const queries: Query[] = [
    {},
    { limit: '100' },
    { start_at: day(30) },
    { end_at: day(79.5) },
    { start_at: day(50), end_at: day(49), limit: '50' },
    { start_at: day(200), end_at: day(100) },
    { start_at: day(-1) },
  ];
  for (const query of queries) {
    const [own, simulated] = [await page(source, query), await ask(simulator, query)];
    expect([timesOf(own.events), own.offset === undefined]).toEqual([
      timesOf(simulated.events),
      simulated.offset === undefined,
    ]);
  }
});

test('it refuses what the simulator refuses', async () => {
  const source = await serve({ events: 10 });
  const simulator = await simulate({ events: 10 });
  for (const query of [{ limit: '101' }, { limit: '0' }, { start_at: 'yesterday' }, { offset: 'x' }]) {
    expect([query, (await page(source, query)).status]).toEqual([
      query,
      (await ask(simulator, query)).status,
    ]);
  }
  expect(new URL(auditUrl(simulator)).pathname).toContain('/api/1.0/workspaces/');
});

test('an offset is good for its own window and workspace alone', async () => {
  const source = await serve({ events: 2_000 });
  const [, other = ''] = workspaceGids(2);
  const { offset = '' } = await page(source);
  expect((await page(source, { offset })).status).toBe(200);
  expect((await page(source, { offset, start_at: '2026-01-01T00:00:00Z' })).status).toBe(400);
  expect((await page(source, { offset }, other)).status).toBe(400);
});

test('every page keeps to the OpenAPI contract', async () => {
  const contract = new URL('../simulator/contract/asana-audit-oas.yaml', import.meta.url);
  const ajv = new Ajv.Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'contract', ...parse(readFileSync(contract, 'utf8')) });
  const validate = ajv.getSchema(
    'contract#/paths/~1workspaces~1%7Bworkspace_gid%7D~1audit_log_events/get/responses/200/content/application~1json/schema',
  );
  const { text } = await page(await serve({ events: 1_500 }));
  expect([validate?.(JSON.parse(text)), validate?.errors]).toEqual([true, null]);
  expect(validate?.({ data: [{ gid: 7 }] })).toBe(false);
});

test('events of another workspace have gids of their own', async () => {
  const source = await serve({ events: 5 });
  const { events } = await page(source, {}, workspaceGids(43)[42]);
  expect(readGid(String(events[4]?.gid))).toEqual({ workspace: 42, index: 4 });
});

test('with a rate, events become visible as time goes by, the youngest not before its time', async () => {
  const clock = fakeClock();
  const source = await serve({ rate: 100 }, clock);
  expect((await page(source)).events).toEqual([]);
  clock.nowMs += 5_000;
  const { events } = await page(source);
  expect(events.length).toBeGreaterThan(250);
  expect(Date.parse(String(events.at(-1)?.created_at))).toBeLessThanOrEqual(clock.nowMs);
});

test('the quota holds in any rolling minute, and refused requests are counted', async () => {
  const clock = fakeClock();
  const source = await serve({ events: 1, requestsPerMinute: 2 }, clock);
  const statuses = [(await page(source)).status, (await page(source)).status, (await page(source)).status];
  clock.nowMs += 60_000;
  expect([...statuses, (await page(source)).status]).toEqual([200, 200, 429, 200]);
  const status = (await (await fetch(`${source.origin}/bench/status`)).json()) as { refused: number };
  expect(status.refused).toBe(1);
});

test('a reset brings other events and begins to count anew', async () => {
  const source = await serve({ events: 3 });
  await page(source);
  const body = JSON.stringify({ ...QUIET, events: 7 });
  const status = await (await fetch(`${source.origin}/bench/reset`, { method: 'POST', body })).json();
  expect(status).toMatchObject({ requests: 0, eventsVisible: 7 });
});
