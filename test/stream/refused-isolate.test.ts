import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isolate, type Look, type Seen } from '../../src/stream/isolate.ts';

interface Source {
  /** In time order. */
  readonly eventsMs: readonly number[];
  readonly pageSize: number;
  readonly isRefused: (page: readonly number[], startMs: number, endMs: number) => boolean;
}

/** Runs the search over a source; what it found, and the looks that it took. */
function search(source: Source, startAtMs: number | undefined, endAtMs: number, control: Seen = answered) {
  const looks: Look[] = [];
  const steps = isolate(startAtMs, endAtMs);
  let next = steps.next();
  while (!next.done) {
    looks.push(next.value);
    next = steps.next(next.value.kind === 'control' ? control : see(source, next.value));
  }
  return { found: next.value, looks };
}

const answered: Seen = { lastMs: undefined };

function see(
  { eventsMs, pageSize, isRefused }: Source,
  { kind, startAtMs: startMs = 0, endAtMs }: Exclude<Look, { kind: 'control' }>,
): Seen {
  const events = eventsMs.filter((timeMs) => timeMs >= startMs && timeMs < endAtMs);
  const shown = kind === 'window' ? events.slice(0, pageSize) : events;
  return isRefused(shown, startMs, endAtMs) ? 'refused' : { lastMs: shown.at(-1) };
}

const showing =
  (...poisonMs: readonly number[]) =>
  (page: readonly number[]) =>
    page.some((timeMs) => poisonMs.includes(timeMs));
const overlapping =
  (fromMs: number, toMs: number) => (_page: readonly number[], start: number, end: number) =>
    start < toMs && end > fromMs;

const DAY_MS = 86_400_000;
const everyMinute = Array.from({ length: 1_440 }, (_, minute) => 80 * DAY_MS + minute * 60_000);
const poisonMs = everyMinute[700] ?? 0;
const startMs = everyMinute[650] ?? 0;

describe('the search for what is refused', () => {
  test('comes down to the one millisecond of a poisoned event, in less than 80 requests', () => {
    const source = { eventsMs: everyMinute, pageSize: 100, isRefused: showing(poisonMs) };
    const { found, looks } = search(source, startMs, 90 * DAY_MS);
    expect(found).toEqual({ fromMs: poisonMs, toMs: poisonMs + 1 });
    const requests = looks.reduce((sum, look) => {
      if (look.kind === 'control') return sum + 1;
      return sum + (see(source, look) === 'refused' ? look.attempts : 1);
    }, 0);
    expect(requests).toBeLessThan(80);
  });

  test('starts at the oldest event where there is no start', () => {
    const source = { eventsMs: everyMinute, pageSize: 1_000, isRefused: showing(poisonMs) };
    expect(search(source, undefined, 90 * DAY_MS).found).toEqual({ fromMs: poisonMs, toMs: poisonMs + 1 });
  });

  test('goes on to the second page, where an offset had led to the refused one', () => {
    const source = { eventsMs: everyMinute, pageSize: 30, isRefused: showing(poisonMs) };
    expect(search(source, startMs, 90 * DAY_MS).found).toEqual({ fromMs: poisonMs, toMs: poisonMs + 1 });
  });

  // Seed 2889: the first page held nothing but the millisecond that it began with, and the search ended there.
  test('gets past a millisecond that fills a page', () => {
    const bulk = Array<number>(30).fill(startMs);
    const source = {
      eventsMs: [...everyMinute, ...bulk].sort((a, b) => a - b),
      pageSize: 20,
      isRefused: showing(startMs + 60_000),
    };
    expect(search(source, startMs, 90 * DAY_MS).found).toEqual({
      fromMs: startMs + 60_000,
      toMs: startMs + 60_001,
    });
  });

  test('comes to the millisecond of which a later page is refused', () => {
    const bulk = Array<number>(50).fill(startMs + 60_000);
    const source: Source = {
      eventsMs: [...everyMinute, ...bulk].sort((a, b) => a - b),
      pageSize: 20,
      isRefused: (shown) => shown.length > 40 && shown.at(-1) === startMs + 60_000,
    };
    expect(search(source, startMs, 90 * DAY_MS).found).toEqual({
      fromMs: startMs + 60_000,
      toMs: startMs + 60_001,
    });
    expect(search(source, startMs, 90 * DAY_MS, 'refused').found).toBeUndefined();
  });

  test('leaves a readable event between two poisoned ones outside', () => {
    const neighbours = [0, 1, 2].map((each) => poisonMs + each);
    const source = {
      eventsMs: [...everyMinute, ...neighbours].sort((a, b) => a - b),
      pageSize: 100,
      isRefused: showing(poisonMs, poisonMs + 2),
    };
    expect(search(source, startMs, 90 * DAY_MS).found).toEqual({ fromMs: poisonMs, toMs: poisonMs + 1 });
  });

  test('finds both ends of a refused stretch, exactly', () => {
    const ends = fc.tuple(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 1, max: 5_000_000 }));
    fc.assert(
      fc.property(ends, ([behindMs, lengthMs]) => {
        const fromMs = startMs + behindMs;
        const toMs = fromMs + lengthMs;
        const source = { eventsMs: everyMinute, pageSize: 100, isRefused: overlapping(fromMs, toMs) };
        expect(search(source, startMs, 90 * DAY_MS).found).toEqual({ fromMs, toMs });
      }),
      { numRuns: 50 },
    );
  });

  test('does not go beyond its end', () => {
    const source = { eventsMs: everyMinute, pageSize: 100, isRefused: overlapping(poisonMs, 100 * DAY_MS) };
    const { found } = search(source, startMs, 81 * DAY_MS);
    expect(found).toEqual({ fromMs: poisonMs, toMs: 81 * DAY_MS });
  });

  test('finds nothing where it is answered by now', () => {
    const source = { eventsMs: everyMinute, pageSize: 100, isRefused: () => false };
    const { found, looks } = search(source, startMs, 90 * DAY_MS);
    expect(found).toBeUndefined();
    expect(looks.length).toBeLessThan(12);
  });

  test('finds nothing where everything is refused in the end', () => {
    const source = { eventsMs: everyMinute, pageSize: 100, isRefused: showing(poisonMs) };
    expect(search(source, startMs, 90 * DAY_MS, 'refused').found).toBeUndefined();
  });

  test('skips nothing that it cannot have refused alone, but has what comes before it read', () => {
    const source = {
      eventsMs: everyMinute,
      pageSize: 100,
      isRefused: (page: readonly number[]) => page.length > 20,
    };
    const { found } = search(source, startMs, 90 * DAY_MS);
    const behindTwentyMs = everyMinute[670];
    expect(found).toEqual({ fromMs: behindTwentyMs, toMs: behindTwentyMs });
  });
});
