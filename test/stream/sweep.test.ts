import { describe, expect, test } from 'vitest';
import type { Page } from '../../src/asana/client.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';
import { dueSweep, type SweepPorts, sweep, sweepProgress } from '../../src/stream/sweep.ts';
import { aCursor } from './a-cursor.ts';
import { anEvent } from './an-event.ts';

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
const options = { lookbackMs: 45 * MINUTE_MS, intervalMs: 15 * MINUTE_MS };
const cursor = aCursor({
  mode: 'live',
  sweptToMs: NOW_MS - 60 * MINUTE_MS,
  completeToMs: NOW_MS - MINUTE_MS,
});

describe('a sweep', () => {
  test('is due once the interval has passed since what it swept last was settled, whatever happened in between', () => {
    expect(dueSweep(cursor, NOW_MS, options)).toEqual({
      fromMs: cursor.sweptToMs,
      toMs: cursor.completeToMs,
    });
    expect(dueSweep(cursor, NOW_MS - 1, options)).toBeUndefined();
    expect(dueSweep(cursor, NOW_MS + 30 * 24 * 60 * MINUTE_MS, options)).toBeDefined();
  });

  test('is never due before the first commit, or where it is switched off, or where all is swept', () => {
    expect(dueSweep(undefined, NOW_MS, options)).toBeUndefined();
    expect(dueSweep(cursor, NOW_MS, { ...options, intervalMs: 0 })).toBeUndefined();
    expect(dueSweep({ ...cursor, completeToMs: cursor.sweptToMs }, NOW_MS, options)).toBeUndefined();
  });

  test('does not reach beyond END_AT', () => {
    const endAtMs = NOW_MS - 30 * MINUTE_MS;
    expect(dueSweep(cursor, NOW_MS, options, endAtMs)?.toMs).toBe(endAtMs);
  });
});

describe('sweeps', () => {
  const at = { ...cursor, sweptToMs: cursor.completeToMs - 180 * MINUTE_MS };

  test('are behind beyond three times lookback and interval before what is complete', () => {
    expect(sweepProgress(at, options)).toEqual({ sweptToMs: at.sweptToMs, areBehind: false });
    expect(sweepProgress({ ...at, sweptToMs: at.sweptToMs - 1 }, options)?.areBehind).toBe(true);
  });

  test('that are switched off are nowhere', () => {
    expect(sweepProgress(at, { ...options, intervalMs: 0 })).toBeUndefined();
  });
});

describe('what a sweep finds', () => {
  const event = (gid: string, minutesAgo: number) => anEvent(gid, NOW_MS - minutesAgo * MINUTE_MS);
  const range = { fromMs: cursor.sweptToMs, toMs: cursor.completeToMs };
  const swept = (pages: ReturnType<typeof event>[][], committed: string[], at = cursor) => {
    const left = [...pages, []];
    const ports: SweepPorts = {
      asana: {
        fetchPage: async () =>
          ({
            events: left.shift() ?? [],
            offset: `${left.length}`,
            asOfMs: NOW_MS,
            nowMs: NOW_MS,
            sizeBytes: 0,
            roundTripMs: 0,
          }) satisfies Page<EncodedEvent>,
      },
      filters: {},
      options,
      endAtMs: undefined,
      committedSince: async () => new Set(committed),
    };
    return sweep(at, range, ports, new AbortController().signal);
  };
  const ids = (found: Awaited<ReturnType<typeof swept>>) => found.late.map(({ id }) => id);

  test('is what Asana shows and the topic lacks', async () => {
    const found = await swept([[event('a', 50), event('late', 49)], [event('b', 20)]], ['a', 'b']);
    expect(ids(found)).toEqual(['late']);
  });

  test('does not include what is committed at the watermark', async () => {
    const at = { ...cursor, committed: new Map([['b', NOW_MS]]) };
    expect(ids(await swept([[event('b', 20)]], [], at))).toEqual([]);
  });

  test('is settled as far as the lookback before Asana’s now, not to the end of the range', async () => {
    expect((await swept([], [])).sweptToMs).toBe(NOW_MS - options.lookbackMs);
  });

  test('is cut where it is no lateness but a backlog; the sweep after it goes on there', async () => {
    const many = Array.from({ length: 5_001 }, (_, i) => event(`${i}`, 59));
    const found = await swept([many, [event('never read', 10)]], []);
    expect(found.late).toHaveLength(5_001);
    expect(found.sweptToMs).toBe(NOW_MS - 59 * MINUTE_MS);
  });
});
