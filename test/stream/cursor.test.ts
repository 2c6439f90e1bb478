import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Advance, advance, afterSweep, emptyBooks, withPut } from '../../src/stream/cursor.ts';
import { decodeCursor, decodePosition, encodeCursor, encodeReset } from '../../src/stream/cursor-record.ts';
import { addToDigest, EMPTY_DIGEST } from '../../src/stream/digest.ts';
import { aCursor } from './a-cursor.ts';

const NOW_MS = 1_000_000;
const LOOKBACK_MS = 100_000;
const move = (parts: Partial<Advance>): Advance => ({
  mode: 'catching-up',
  filters: '',
  books: emptyBooks('e'),
  offset: undefined,
  startAtMs: undefined,
  events: [],
  asOfMs: NOW_MS,
  settledMs: NOW_MS - LOOKBACK_MS,
  readToMs: undefined,
  completeToMs: undefined,
  ...parts,
});
const event = (id: string, createdAtMs: number) => ({ id, createdAtMs });

describe('the watermark', () => {
  test('is the time of the last event, and the ids of that millisecond are remembered', () => {
    const cursor = advance(undefined, move({ events: [event('a', 5), event('b', 7), event('c', 7)] }));
    expect(cursor.watermarkMs).toBe(7);
    expect([...cursor.committed.keys()]).toEqual(['b', 'c']);
  });

  test('remembers all ids of a millisecond that spans pages', () => {
    const first = advance(undefined, move({ events: [event('a', 7)] }));
    const second = advance(first, move({ events: [event('b', 7)] }));
    expect([...second.committed.keys()]).toEqual(['a', 'b']);
  });

  test('forgets the ids of the millisecond that it has left', () => {
    const first = advance(undefined, move({ events: [event('a', 7)] }));
    expect([...advance(first, move({ events: [event('b', 8)] })).committed.keys()]).toEqual(['b']);
  });

  // Found by seed 7814: at the end of a page it is taken to be as old as what is before it, and may be younger.
  test('leaves the last few events without a time of their own remembered', () => {
    const undated = Array.from({ length: 17 }, (_, at) => event(`sha256:${at}`, 7));
    const first = advance(undefined, move({ events: [event('a', 7), ...undated] }));
    const { committed } = advance(first, move({ events: [event('b', 8)] }));
    expect([...committed.keys()]).toEqual([...undated.slice(1).map(({ id }) => id), 'b']);
  });

  test('moves to the end of a window that an empty page has ended', () => {
    const first = advance(undefined, move({ events: [event('a', 7)] }));
    const second = advance(first, move({ readToMs: 50 }));
    expect(second).toMatchObject({ watermarkMs: 50, completeToMs: 50 });
    expect(second.committed.size).toBe(0);
  });

  test('starts at START_AT where nothing was there yet', () => {
    expect(advance(undefined, move({ mode: 'live', startAtMs: 30, completeToMs: 90 }))).toMatchObject({
      watermarkMs: 30,
      completeToMs: 90,
    });
  });

  test('never goes back: a late event is committed and moves nothing', () => {
    const first = advance(undefined, move({ events: [event('a', 70)] }));
    expect(advance(first, move({ events: [event('late', 3)] }))).toMatchObject({
      watermarkMs: 70,
      committed: new Map([['a', 70]]),
    });
  });

  test('does not follow an event that is dated in Asana’s future, but remembers it', () => {
    const first = advance(undefined, move({ events: [event('a', 5), event('future', NOW_MS + 99)] }));
    expect(first.watermarkMs).toBe(5);
    expect([...first.committed]).toEqual([
      ['a', 5],
      ['future', NOW_MS + 99],
    ]);
    const second = advance(first, move({ asOfMs: NOW_MS + 50, events: [event('b', NOW_MS + 40)] }));
    expect(second.watermarkMs).toBe(NOW_MS + 40);
    expect([...second.committed.keys()]).toEqual(['future', 'b']);
  });
});

test('the first cursor after a reset goes on with the books', () => {
  const books = { ...emptyBooks('e'), ends: new Map([[0, 7]]), events: 4, deadLetters: 1, deadLettersEnd: 9 };
  expect(advance(undefined, move({ books, events: [event('a', 5)] }))).toMatchObject({
    ...books,
    watermarkMs: 5,
  });
});

describe('complete-to', () => {
  test('is moved by an empty live page although no event came', () => {
    const cursor = aCursor({ mode: 'live', watermarkMs: 5, completeToMs: 5 });
    expect(advance(cursor, move({ mode: 'live', completeToMs: NOW_MS }))).toMatchObject({
      watermarkMs: 5,
      completeToMs: NOW_MS,
    });
  });

  test('never goes back', () => {
    const cursor = aCursor({ watermarkMs: 5, completeToMs: 80 });
    expect(advance(cursor, move({ completeToMs: 60 })).completeToMs).toBe(80);
  });
});

describe('what is swept', () => {
  const sweep = { events: [], asOfMs: NOW_MS, sweptToMs: 0, lookbackMs: LOOKBACK_MS };

  test('grows with what is read at least the lookback after it was created', () => {
    const first = advance(undefined, move({ events: [event('a', 500)] }));
    expect(first.sweptToMs).toBe(500);
    expect(advance(first, move({ events: [event('b', NOW_MS - 5)] })).sweptToMs).toBe(NOW_MS - LOOKBACK_MS);
  });

  test('does not grow over what was read too early', () => {
    const cursor = aCursor({ watermarkMs: 500, sweptToMs: 400 });
    expect(advance(cursor, move({ events: [event('b', 700)] })).sweptToMs).toBe(400);
  });

  test('does not grow with the live chain, which may have stepped over something', () => {
    const cursor = aCursor({ mode: 'live', watermarkMs: 500, sweptToMs: 500 });
    expect(advance(cursor, move({ mode: 'live', events: [event('b', 700)] })).sweptToMs).toBe(500);
  });

  test('begins at the watermark where the filters have changed: what the others left out is not late', () => {
    const cursor = aCursor({ filters: 'event_type=a', watermarkMs: 500, sweptToMs: 400 });
    expect(advance(cursor, move({ events: [event('b', 700)] })).sweptToMs).toBe(700);
  });

  test('moves with a sweep, which remembers what it published for the lookback', () => {
    const cursor = aCursor({
      mode: 'live',
      watermarkMs: 500_000,
      sweptToMs: 300_000,
      swept: new Map([['old', 250_000]]),
    });
    const after = afterSweep(cursor, { ...sweep, events: [event('late', 310_000)], sweptToMs: 400_000 });
    expect(after).toMatchObject({
      watermarkMs: 500_000,
      sweptToMs: 400_000,
      swept: new Map([['late', 310_000]]),
    });
  });

  test('an event that a sweep finds behind the watermark is committed there as well', () => {
    const cursor = aCursor({
      mode: 'live',
      watermarkMs: 500,
      completeToMs: 900,
      sweptToMs: 300,
      committed: new Map([['a', 500]]),
    });
    const after = afterSweep(cursor, { ...sweep, events: [event('late', 800)], sweptToMs: 400 });
    expect(after).toMatchObject({ watermarkMs: 800, completeToMs: 900, committed: new Map([['late', 800]]) });
  });
});

describe('the digest', () => {
  test('does not depend on the order or on the grouping of gids', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(), (gids, at) => {
        const whole = addToDigest(EMPTY_DIGEST, gids.toReversed());
        expect(addToDigest(addToDigest(EMPTY_DIGEST, gids.slice(0, at)), gids.slice(at))).toBe(whole);
      }),
    );
  });

  test('sees a gid that is there three times instead of once, which XOR would not', () => {
    expect(addToDigest(EMPTY_DIGEST, ['1', '1', '1'])).not.toBe(addToDigest(EMPTY_DIGEST, ['1']));
  });

  test('is the sum of the halved SHA-256 in four lanes', () => {
    expect(addToDigest(EMPTY_DIGEST, ['abc'])).toBe('ba7816bf8f01cfea414140de5dae2223');
  });

  test('and the count are of what was published, not of what was read', () => {
    const before = aCursor({
      events: 5,
      ends: new Map([
        [0, 7],
        [1, 8],
      ]),
      deadLettersEnd: 2,
    });
    const cursor = withPut(before, {
      gids: ['1', '2'],
      ends: new Map([[1, 11]]),
      deadLetters: 3,
      deadLettersEnd: 9,
    });
    expect(cursor).toMatchObject({
      events: 7,
      deadLetters: 3,
      digest: addToDigest(EMPTY_DIGEST, ['2', '1']),
    });
  });
});

describe('the state record', () => {
  test('gives the cursor back', () => {
    const time = fc.integer({ min: 0, max: 4e12 });
    const offset = fc.record({
      value: fc.string({ minLength: 1 }),
      obtainedAtMs: time,
      query: fc.record({
        startAtMs: fc.option(time, { nil: undefined }),
        endAtMs: fc.option(time, { nil: undefined }),
        limit: fc.option(fc.constant(100), { nil: undefined }),
      }),
    });
    const cursors = fc.record({
      mode: fc.constantFrom('live' as const, 'catching-up' as const),
      filters: fc.string(),
      watermarkMs: time,
      committed: fc.array(fc.tuple(fc.string(), time)).map((entries) => new Map(entries)),
      completeToMs: time,
      offset: fc.option(offset, { nil: undefined }),
      sweptToMs: time,
      swept: fc.array(fc.tuple(fc.string(), time)).map((entries) => new Map(entries)),
      eventsTopic: fc.string(),
      ends: fc.array(fc.tuple(fc.nat(), fc.nat())).map((entries) => new Map(entries)),
      events: fc.nat(),
      digest: fc.constant('0123456789abcdef'.repeat(2)),
      deadLetters: fc.nat(),
      deadLettersEnd: fc.nat(),
    });
    fc.assert(
      fc.property(cursors, (cursor) => {
        const decoded = decodeCursor('k', encodeCursor(cursor));
        expect(decoded).toEqual(cursor);
      }),
    );
  });

  test.each([
    ['a tombstone', null, /tombstone/],
    ['no JSON', '{"version":1', /JSON/],
    ['a version that there never was', '{"version":0}', /expected version 1 or 2, got 0/],
    ['a damaged reset', '{"version":2,"reset_at":"soon"}', /expected reset_at to be a time/],
    ['a text', '"x"', /expected an object/],
    ['no watermark', '{"version":1,"mode":"live","filters":""}', /expected watermark to be a text/],
    [
      'a bad time',
      '{"version":1,"mode":"live","filters":"","watermark":"soon"}',
      /expected watermark to be a time/,
    ],
    ['a bad mode', '{"version":1,"mode":"resting"}', /expected mode/],
  ])('that is %s is refused, never taken for a first start', (_what, text, message) => {
    const value = text === null ? null : Buffer.from(text);
    expect(() => decodeCursor('asana-audit/1/cursor', value)).toThrow(message);
    expect(() => decodeCursor('asana-audit/1/cursor', value)).toThrow(
      expect.objectContaining({ code: 'STATE_UNREADABLE' }),
    );
  });

  test('of a reset gives it back, and is never taken for a cursor', () => {
    const books = {
      ...emptyBooks('e'),
      ends: new Map([[3, 7]]),
      events: 4,
      deadLetters: 1,
      deadLettersEnd: 9,
    };
    const reset = { resetAtMs: NOW_MS, filters: 'event_type=a', ...books };
    expect(decodePosition('k', encodeReset(reset))).toEqual(reset);
    expect(() => decodeCursor('k', encodeReset(reset))).toThrow(/it is a reset/);
    // What a connector that knows no resets looks at: it halts, as it would publish again without saying so.
    expect(JSON.parse(String(encodeReset(reset))).version).not.toBe(1);
  });

  test('with ten thousand gids in one millisecond stays below 250 kB', () => {
    const committed = new Map(
      Array.from({ length: 10_000 }, (_, i) => [String(1_200_000_000_000_000 + i), 5]),
    );
    expect(encodeCursor(aCursor({ committed })).length).toBeLessThan(250_000);
  });
});
