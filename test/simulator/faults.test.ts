import { get, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { type FaultKind, hostileFaultKinds, transientFaultKinds } from '../../simulator/fault-kinds.ts';
import type { SimulatorOptions } from '../../simulator/options.ts';
import type { Simulator } from '../../simulator/server.ts';
import {
  ask,
  auditUrl,
  fingerprints,
  isAscending,
  readStatus,
  simulate,
  timesOf,
  truthFingerprints,
} from './support.ts';

const headers = { authorization: 'Bearer simulator-token' };

const faulty = (kind: FaultKind, options: Partial<SimulatorOptions> = {}) =>
  simulate({ faults: 1, faultKinds: [kind], ...options });

/** The status, `content-type` and bytes that arrive, and how the connection ended. */
interface Seen {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly end: 'complete' | 'cut' | 'silence';
}

/** Reads an answer as it comes; `patienceMs`: how long the client waits, `sizeLimit`: when it stops reading. */
function look(url: string, patienceMs = 5_000, sizeLimit = Number.POSITIVE_INFINITY): Promise<Seen> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let response: IncomingMessage | undefined;
    const finish = (end: Seen['end']) => {
      resolve({
        status: response?.statusCode,
        headers: response?.headers ?? {},
        body: Buffer.concat(chunks),
        end,
      });
      request.destroy();
    };
    const request = get(url, { headers, timeout: patienceMs, agent: false }, (incoming) => {
      response = incoming;
      let sizeBytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        sizeBytes += chunk.length;
        if (sizeBytes > sizeLimit) finish('cut');
      });
      incoming.on('end', () => finish('complete'));
      incoming.on('error', () => finish('cut'));
    });
    request.on('timeout', () => finish('silence'));
    request.on('error', () => finish('cut'));
  });
}

/** Of pages of many lengths: by its length, an answer breaks off before its headers or behind them. */
const limitedUrls = (simulator: Simulator, count: number): string[] =>
  Array.from({ length: count }, (_, at) => auditUrl(simulator, { limit: String(at + 1) }));

/** The gids of the first pages of a chain. */
async function chainOf(simulator: Simulator, pages: number): Promise<string[][]> {
  const chain: string[][] = [];
  let offset: string | undefined;
  while (chain.length < pages) {
    const page = await ask(simulator, offset === undefined ? {} : { offset });
    chain.push(page.events.map(({ gid }) => String(gid)));
    ({ offset } = page);
  }
  return chain;
}

const parses = (body: Buffer): boolean => {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
};

const times = async <Result>(count: number, act: () => Promise<Result>): Promise<Result[]> => {
  const results: Result[] = [];
  for (let at = 0; at < count; at += 1) results.push(await act());
  return results;
};

test('html: a 5xx whose body is HTML', async () => {
  const seen = await look(auditUrl(await faulty('html')));
  expect([502, 503, 504]).toContain(seen.status);
  expect(seen.headers['content-type']).toMatch(/^text\/html/);
  expect(parses(seen.body)).toBe(false);
});

test('html-200: HTML with status 200', async () => {
  const seen = await look(auditUrl(await faulty('html-200')));
  expect([seen.status, parses(seen.body)]).toEqual([200, false]);
});

test('truncated: a complete answer whose JSON ends too early', async () => {
  const simulator = await faulty('truncated');
  for (const seen of await times(10, () => look(auditUrl(simulator)))) {
    expect([seen.status, seen.end, parses(seen.body)]).toEqual([200, 'complete', false]);
    expect(seen.body.length).toBe(Number(seen.headers['content-length']));
  }
});

test('wrong-length: fewer bytes than promised, then the connection closes', async () => {
  const seen = await look(auditUrl(await faulty('wrong-length')));
  expect(seen.end).toBe('cut');
  expect(seen.body.length).toBeLessThan(Number(seen.headers['content-length']));
});

test('reset: the connection breaks before the headers or in the body', async () => {
  const simulator = await faulty('reset');
  const seen = await Promise.all(limitedUrls(simulator, 20).map((url) => look(url)));
  expect(new Set(seen.map(({ end }) => end))).toEqual(new Set(['cut']));
  expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([undefined, 200]));
});

test('hang: silence before the headers or in the body', async () => {
  const simulator = await faulty('hang');
  const seen = await Promise.all(limitedUrls(simulator, 12).map((url) => look(url, 1_000)));
  expect(new Set(seen.map(({ end }) => end))).toEqual(new Set(['silence']));
  expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([undefined, 200]));
});

test('slow: the right answer, at so many bytes a second', async () => {
  const waits: number[] = [];
  const simulator = await simulate(
    { faults: 1, faultKinds: ['slow'], slowBytesPerSecond: 20_000 },
    { wait: async (durationMs) => void waits.push(durationMs) },
  );
  const reply = await ask(simulator, { limit: '50' });
  expect(reply.events).toHaveLength(50);
  const waitedMs = waits.reduce((sum, waitMs) => sum + waitMs, 0);
  expect(Math.abs(waitedMs - (Buffer.byteLength(reply.text) / 20_000) * 1_000)).toBeLessThanOrEqual(100);
});

test('shape: JSON that is no page', async () => {
  const simulator = await faulty('shape');
  const bodies = new Set(
    (await times(60, () => look(auditUrl(simulator)))).map(({ body }) => body.toString()),
  );
  expect(bodies.size).toBeGreaterThan(5);
  for (const body of bodies) {
    const { data, next_page } = Object(JSON.parse(body));
    expect(Array.isArray(data) && (next_page === null || typeof next_page?.offset === 'string')).toBe(false);
  }
});

test('utf8: a body that is not UTF-8', async () => {
  const seen = await look(auditUrl(await faulty('utf8')));
  expect(seen.status).toBe(200);
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(seen.body)).toThrow(TypeError);
});

test('empty: status 200 without a body', async () => {
  const seen = await look(auditUrl(await faulty('empty')));
  expect([seen.status, seen.body.length, seen.end]).toEqual([200, 0, 'complete']);
});

test('redirect: to another host', async () => {
  const seen = await look(auditUrl(await faulty('redirect')));
  expect([seen.status, seen.headers.location]).toEqual([302, 'http://elsewhere.invalid/audit_log_events']);
});

test('foreign-uri: the right offset in a link to another host', async () => {
  const { nextPage, offset = '' } = await ask(await faulty('foreign-uri'));
  expect(String(nextPage?.uri)).toMatch(/^http:\/\/elsewhere\.invalid\//);
  expect(offset).toMatch(/^eyJ/);
});

test('huge: more bytes than a page can have', async () => {
  const seen = await look(auditUrl(await faulty('huge')), 5_000, 5_000_000);
  expect(seen.body.length).toBeGreaterThan(5_000_000);
});

test('gzip-bomb: a gigabyte in few bytes', async () => {
  const seen = await look(auditUrl(await faulty('gzip-bomb')));
  expect([seen.headers['content-encoding'], seen.end]).toEqual(['gzip', 'complete']);
  expect(seen.body.length).toBeLessThan(2_000_000);
});

test('deep: nesting that exhausts a recursive parser', async () => {
  const seen = await look(auditUrl(await faulty('deep')));
  expect(seen.body.toString()).toMatch(/^\{"data":\[{100000}\]{100000},"next_page":null\}$/);
});

test('same-offset: the offset that was sent comes back', async () => {
  const simulator = await faulty('same-offset');
  const { offset = '' } = await ask(simulator);
  expect((await ask(simulator, { offset })).offset).toBe(offset);
});

test('overlap: a page begins with the last events of the page before it, unless it is empty', async () => {
  const simulator = await faulty('overlap', { events: 1_500, rate: 0 });
  const [first, second, third] = await chainOf(simulator, 3);
  expect([first, second, third].map((gids) => gids?.length)).toEqual([1_000, 503, 0]);
  expect(second?.slice(0, 3)).toEqual(first?.slice(-3));
});

test('overlap: a page that follows short ones begins with the events of all of them', async () => {
  const simulator = await faulty('overlap', { events: 4, rate: 0, pageSize: 1 });
  const [first = [], second = [], third = [], fourth = []] = await chainOf(simulator, 4);
  expect([second, third].map((gids) => gids.slice(0, -1))).toEqual([first, second]);
  expect(fourth.slice(0, -1)).toEqual(third);
});

test('unordered: a page that goes back in time', async () => {
  const { events } = await ask(await faulty('unordered'));
  expect(isAscending(timesOf(events))).toBe(false);
  expect(isAscending(timesOf(events.toReversed()))).toBe(true);
});

test('altered: the first event of a page is not what the truth has', async () => {
  const simulator = await faulty('altered');
  const truth = new Set(truthFingerprints(simulator));
  const found = fingerprints((await ask(simulator)).events);
  expect(found.filter((fingerprint) => !truth.has(fingerprint))).toEqual([found[0]]);
});

test('the default kinds are the transient ones, and so many answers are faulty as asked', async () => {
  const simulator = await simulate(
    { events: 10, faults: 0.3, latencyMs: 0 },
    { wait: async () => undefined },
  );
  expect(simulator.options.faultKinds).toEqual(transientFaultKinds);
  await Promise.all(Array.from({ length: 40 }, () => times(10, () => look(auditUrl(simulator), 200))));
  const { requests, faults } = await readStatus(simulator);
  const faultCount = Object.values<number>(faults).reduce((sum, count) => sum + count, 0);
  expect(requests).toBe(400);
  expect(Math.abs(faultCount - 120)).toBeLessThan(40);
  expect(Object.keys(faults).toSorted()).toEqual([...transientFaultKinds].toSorted());
});

test('no fault is both transient and hostile', () => {
  const kinds: readonly string[] = transientFaultKinds;
  expect(hostileFaultKinds.filter((kind) => kinds.includes(kind))).toEqual([]);
});

test('close ends answers that hang', async () => {
  const simulator = await faulty('hang');
  const seen = look(auditUrl(simulator), 60_000);
  while ((await readStatus(simulator)).requests === 0) await new Promise(setImmediate);
  await simulator.close();
  expect((await seen).end).toBe('cut');
});

test.each([
  ['500', 500],
  ['400', 400],
  ['html-200', 200],
] as const)(
  'a refused time is answered with %s on every page that would show it, and on no other',
  async (refusedWith, status) => {
    const source = await simulate({ pageSize: 10, burst: 0 });
    const times = [...source.truth()].map(({ created_at }) => Date.parse(created_at));
    const [from = 0, to = 0, behind = 0] = [times[100], times[104], times[105]];
    const change = { refusedFrom: from, refusedForMs: to + 1 - from, refusedWith };
    await fetch(new URL('/simulator/options', source.baseUrl), {
      method: 'POST',
      body: JSON.stringify(change),
    });
    const seen = async (fromMs: number, toMs?: number) => {
      const query = {
        start_at: new Date(fromMs).toISOString(),
        ...(toMs !== undefined && { end_at: new Date(toMs).toISOString() }),
      };
      const answer = await look(auditUrl(source, query));
      return [answer.status, parses(answer.body) && answer.status === 200];
    };
    expect(await seen(times[90] ?? 0)).toEqual([200, true]);
    expect(await seen(times[91] ?? 0)).toEqual([status, false]);
    expect(await seen(times[91] ?? 0, from)).toEqual([200, true]);
    expect(await seen(from, from + 1)).toEqual([status, false]);
    expect(await seen(to)).toEqual([status, false]);
    expect(await seen(behind)).toEqual([200, true]);
  },
);
