import { describe, expect, test } from 'vitest';
import type { Page } from '../../src/asana/client.ts';
import type { Query } from '../../src/asana/query.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';
import { catchUp, type Scope } from '../../src/stream/chain.ts';
import type { ReaderPorts, ReadPage } from '../../src/stream/read-page.ts';
import { readWindows } from '../../src/stream/read-windows.ts';
import { Source } from './a-source.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
const scope: Scope = { filters: {}, startAtMs: undefined, endAtMs: undefined };

interface Reading {
  readonly asana: ReaderPorts['asana'];
  readonly requestsPerMinute?: number;
  readonly maxHeldBytes?: number;
  readonly batchBytes?: number;
  readonly nowMs?: number;
  readonly onPages?: (pages: readonly ReadPage[]) => void | Promise<void>;
}

/** Reads from the oldest event to a minute before now; gives the gids in the order in which they came. */
async function readAll(reading: Reading) {
  const { asana, requestsPerMinute = 1_500, maxHeldBytes = 64_000_000, nowMs = NOW_MS } = reading;
  const { batchBytes = 8 * 1024 * 1024 } = reading;
  const ports = {
    asana,
    workspaceGid: '1',
    scope,
    readAhead: { requestsPerMinute, maxHeldBytes },
    batchBytes: () => batchBytes,
  } as Partial<ReaderPorts> as ReaderPorts;
  const windows = readWindows(catchUp(undefined, scope, nowMs), ports, new AbortController().signal);
  const pages: ReadPage[] = [];
  for (;;) {
    const { value, done } = await windows.next();
    if (done) return { pages, gids: pages.flatMap(({ events }) => events.map(({ id }) => id)), next: value };
    pages.push(...value);
    await reading.onPages?.(value);
  }
}

const spread = (count: number, fromMs: number, toMs: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.floor(fromMs + ((toMs - fromMs) * at) / count));
/** A cut window's last millisecond is shown twice; the committer knows those by their ids. */
const once = (gids: readonly string[]): string[] => [...new Set(gids)];
const allOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at}`);

const DATA_SETS: Record<string, number[]> = {
  'spread evenly': spread(60_000, NOW_MS - 80 * DAY_MS, NOW_MS - DAY_MS),
  'few, and far between': spread(7, NOW_MS - 80 * DAY_MS, NOW_MS - DAY_MS),
  'in bursts with empty weeks between': [70, 50, 30, 3].flatMap((days) =>
    spread(9_000, NOW_MS - days * DAY_MS, NOW_MS - days * DAY_MS + 60_000),
  ),
  'thousands in each millisecond': Array.from(
    { length: 30_000 },
    (_, at) => NOW_MS - 5 * DAY_MS + Math.floor(at / 3_000),
  ),
  'by day and not by night': Array.from({ length: 40 }, (_, day) => day).flatMap((day) => [
    ...spread(1_500, NOW_MS - (80 - day) * DAY_MS, NOW_MS - (80 - day) * DAY_MS + DAY_MS / 3),
    ...spread(10, NOW_MS - (80 - day) * DAY_MS + DAY_MS / 3, NOW_MS - (79 - day) * DAY_MS),
  ]),
  'none at all': [],
};

describe.each(Object.entries(DATA_SETS))('events %s', (_how, timesMs) => {
  test.each([1_000, 100])('all come in time order, %i a page', async (pageSize) => {
    const source = new Source({ timesMs, pageSize, asOfMs: NOW_MS });
    const { pages, gids } = await readAll({ asana: source });
    expect(once(gids)).toEqual(allOf(timesMs.length));
    const starts = pages.flatMap(({ events }) => events.slice(0, 1).map(({ createdAtMs }) => createdAtMs));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  test('each page but the last says that there is more, and the last how far everything is read', async () => {
    const { pages, next } = await readAll({
      asana: new Source({ timesMs, pageSize: 1_000, asOfMs: NOW_MS }),
    });
    expect(new Set(pages.map(({ left }) => left))).toEqual(new Set(['more']));
    expect(pages.at(-1)?.readToMs).toBe(NOW_MS - 60_000);
    expect(next).toMatchObject({ mode: 'live', query: { startAtMs: NOW_MS - 60_000 } });
  });
});

test('only the first page takes up where the cursor is', async () => {
  const source = new Source({
    timesMs: spread(60_000, NOW_MS - 80 * DAY_MS, NOW_MS),
    pageSize: 1_000,
    asOfMs: NOW_MS,
  });
  const { pages } = await readAll({ asana: source });
  expect(pages.map(({ resumes }) => resumes)).toEqual(pages.map((_, at) => at === 0));
});

test('the quota goes into events: at most one request in ten is a proof of an end, or shows again what was shown', async () => {
  const timesMs = spread(100_000, NOW_MS - 80 * DAY_MS, NOW_MS - DAY_MS);
  const source = new Source({ timesMs, pageSize: 100, asOfMs: NOW_MS, pageBytes: 64_000 });
  await readAll({ asana: source });
  expect(source.requests).toBeLessThan(1_100);
});

test('nights and weekends that come every week are known by the third, and no window is cut too small for them', async () => {
  const timesMs = Array.from({ length: 70 }, (_, day) => day).flatMap((day) => {
    const startMs = NOW_MS - (80 - day) * DAY_MS;
    return spread(day % 7 < 5 ? 3_000 : 200, startMs, startMs + DAY_MS / 3);
  });
  const source = new Source({ timesMs, pageSize: 100, asOfMs: NOW_MS, pageBytes: 64_000 });
  await readAll({ asana: source });
  expect(source.requests / (timesMs.length / 100)).toBeLessThan(1.08);
});

test('empty weeks cost a few requests', async () => {
  const timesMs = [
    ...spread(20_000, NOW_MS - 80 * DAY_MS, NOW_MS - 79 * DAY_MS),
    ...spread(10, NOW_MS - 2 * DAY_MS, NOW_MS - DAY_MS),
  ];
  const source = new Source({ timesMs, pageSize: 1_000, asOfMs: NOW_MS });
  await readAll({ asana: source });
  expect(source.requests).toBeLessThan(20 + 30);
});

describe('requests in flight', () => {
  const timesMs = spread(40_000, NOW_MS - 80 * DAY_MS, NOW_MS - DAY_MS);
  const most = async (requestsPerMinute: number, roundTripMs: number) => {
    const source = new Source({ timesMs, pageSize: 100, asOfMs: NOW_MS, roundTripMs });
    await readAll({ asana: source, requestsPerMinute });
    return source.mostInFlight;
  };

  test('are as many as the budget has in one round trip, and one more', async () => {
    expect(await most(1_500, 250)).toBe(8);
    expect(await most(1_500, 1_000)).toBe(26);
  });

  test('stay below what Asana allows where the budget is unlimited', async () => {
    expect(await most(0, 5_000)).toBe(32);
  });
});

describe('memory', () => {
  const timesMs = spread(20_000, NOW_MS - 80 * DAY_MS, NOW_MS - DAY_MS);

  // Without offsets, all of the past is one window.
  test.each(['with', 'without'])(
    'has its bound in bytes %s offsets, however slow the consumer is',
    async (how) => {
      let fetched = 0;
      let given = 0;
      let mostHeld = 0;
      const source = new Source({ timesMs, pageSize: 100, asOfMs: NOW_MS, pageBytes: 640_000 });
      const asana = {
        fetchPage: async (query: Query, offset: string | undefined): Promise<Page<EncodedEvent>> => {
          const page = await source.fetchPage(query, offset);
          fetched += page.sizeBytes;
          mostHeld = Math.max(mostHeld, fetched - given);
          return how === 'with' ? page : { ...page, offset: null };
        },
      };
      await readAll({
        asana,
        maxHeldBytes: 10_000_000,
        batchBytes: 1_000_000,
        onPages: async (pages) => {
          for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
          for (const { sizeBytes } of pages) given += sizeBytes;
        },
      });
      expect(mostHeld).toBeGreaterThan(5_000_000);
      // Besides: a page of each window in flight; two commits of the first one; and what the consumer has until it comes back.
      expect(mostHeld).toBeLessThan(10_000_000 + 8 * 640_000 + 3 * (1_000_000 + 640_000));
    },
  );

  // Found by seed 65: the window that had been read to its end was the last that made room, and nobody looked again.
  test('of less than a page stops nobody for ever', async () => {
    const source = new Source({ timesMs, pageSize: 100, asOfMs: NOW_MS });
    const { gids } = await readAll({ asana: source, maxHeldBytes: 1 });
    expect(once(gids)).toHaveLength(20_000);
  });
});

describe('a window that cannot be read', () => {
  const timesMs = spread(60_000, NOW_MS - 80 * DAY_MS, NOW_MS - DAY_MS);
  const brokenMs = timesMs[40_000] ?? 0;

  test('stops the stream in its turn: all before it is given, and nothing behind it', async () => {
    const source = new Source({ timesMs, pageSize: 1_000, asOfMs: NOW_MS });
    const given: string[] = [];
    const asana = {
      fetchPage: async (query: Query, offset: string | undefined): Promise<Page<EncodedEvent>> => {
        const page = await source.fetchPage(query, offset);
        const holdsIt = page.events.some(({ id }) => id === '40000');
        if (holdsIt) throw new Error('broken there');
        return page;
      },
    };
    const reading = readAll({
      asana,
      onPages: (pages) => {
        given.push(...pages.flatMap(({ events }) => events.map(({ id }) => id)));
      },
    });
    await expect(reading).rejects.toThrow('broken there');
    const read = once(given);
    expect(read).toEqual(allOf(read.length));
    expect(read.length).toBeGreaterThan(38_999);
    expect(timesMs[read.length - 1]).toBeLessThan(brokenMs);
  });

  // Found by seed 1555: all was to stop, the first window took a moment longer, and windows of 2 ms were begun behind it without end.
  test('has none begun behind it, where they fail at once and the first one does not', async () => {
    const bulk = Array.from({ length: 3_000 }, (_, at) => NOW_MS - DAY_MS + Math.floor(at / 100));
    const source = new Source({ timesMs: bulk, pageSize: 100, asOfMs: NOW_MS });
    let requests = 0;
    const asana = {
      fetchPage: async (query: Query, offset: string | undefined): Promise<Page<EncodedEvent>> => {
        requests++;
        if (requests === 1) return source.fetchPage(query, offset);
        if (requests > 1_000) await new Promise((resolve) => setImmediate(resolve));
        if (requests === 2) await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error('all is to stop');
      },
    };
    await expect(readAll({ asana })).rejects.toThrow('all is to stop');
    expect(requests).toBeLessThan(40);
  });
});

test('a window that our fast clock cut into Asana’s future is the last one, and read as far as is settled', async () => {
  const asOfMs = NOW_MS - 3 * DAY_MS;
  const timesMs = spread(60_000, NOW_MS - 80 * DAY_MS, asOfMs - DAY_MS);
  const { pages, next } = await readAll({ asana: new Source({ timesMs, pageSize: 1_000, asOfMs }) });
  expect(pages.at(-1)?.readToMs).toBe(asOfMs - 60_000);
  expect(next?.query.startAtMs).toBe(asOfMs - 60_000);
});

// Found with a source of another make: a page that was cut in the middle of a millisecond, right before the end of a window.
test('a source that never says where it goes on, and has more in a millisecond than it shows, is refused and not cut short', async () => {
  const timesMs = Array.from({ length: 3_000 }, (_, at) => NOW_MS - DAY_MS + 1_000 * Math.floor(at / 60));
  const source = new Source({ timesMs, pageSize: 50, asOfMs: NOW_MS });
  const asana = {
    fetchPage: async (query: Query): Promise<Page<EncodedEvent>> => ({
      ...(await source.fetchPage({ ...query, limit: 50 }, undefined)),
      offset: null,
    }),
  };
  await expect(readAll({ asana })).rejects.toMatchObject({ code: 'ASANA_NO_PROGRESS' });
});
