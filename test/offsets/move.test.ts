import { describe, expect, test } from 'vitest';
import { ASANA_RETENTION_MS } from '../../src/asana/retention.ts';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import { forget, moveTo, recordsOf } from '../../src/offsets/move.ts';
import { interpretState, type StreamState } from '../../src/offsets/stream-state.ts';
import { booksOf, type Cursor, emptyBooks } from '../../src/stream/cursor.ts';
import { encodeCursor } from '../../src/stream/cursor-record.ts';
import type { PassedGap } from '../../src/stream/gap.ts';
import { aCursor } from '../stream/a-cursor.ts';

const NOW_MS = 1_000_000_000_000;
const keys = stateKeys('asana-audit', '1');
const cursor = aCursor({
  mode: 'live',
  watermarkMs: 500,
  committed: new Map([
    ['at', 500],
    ['ahead', 700],
  ]),
  completeToMs: 600,
  sweptToMs: 300,
  swept: new Map([['late', 400]]),
  offset: { value: 'o', obtainedAtMs: 600, query: {} },
  ends: new Map([[0, 9]]),
  events: 9,
  digest: 'a'.repeat(32),
});
const skipped = (fromMs: number, toMs: number): PassedGap => ({
  fromMs,
  toMs,
  reason: 'skipped-by-operator',
});

describe('a move back', () => {
  const back = moveTo(cursor, [], 200, NOW_MS);

  test('gives the cursor of a stream that has come so far and no further, with the books as they are', () => {
    expect(back.position).toEqual({
      ...cursor,
      mode: 'catching-up',
      watermarkMs: 200,
      committed: new Map(),
      completeToMs: 200,
      sweptToMs: 200,
      swept: new Map(),
      offset: undefined,
    });
  });

  test('publishes again up to the youngest event that is committed, and leaves nothing out', () => {
    expect(back).toMatchObject({ leftOut: undefined, again: { atMs: NOW_MS, fromMs: 200, toMs: 701 } });
  });

  test('does not sweep what was left to sweeps in a time that is read anyway', () => {
    expect(moveTo(cursor, [], 400, NOW_MS).position).toMatchObject({ sweptToMs: 300, completeToMs: 400 });
  });

  test('closes the gaps that an operator made there, in whole or from there on, and no other', () => {
    const gaps = [
      skipped(100, 150),
      skipped(150, 250),
      skipped(300, 350),
      { ...skipped(400, 450), reason: 'refused-by-asana' } as const,
    ];
    expect(moveTo(cursor, gaps, 200, NOW_MS).withdrawn).toEqual([
      { gap: skipped(150, 250), rest: skipped(150, 200) },
      { gap: skipped(300, 350), rest: undefined },
    ]);
  });
});

describe('a move forward', () => {
  test('behind where the stream is complete leaves a gap from there, and the sweeps where they are', () => {
    const forward = moveTo(cursor, [], 650, NOW_MS);
    expect(forward).toMatchObject({ again: undefined, leftOut: skipped(600, 650) });
    expect(forward.position).toMatchObject({
      mode: 'catching-up',
      watermarkMs: 650,
      completeToMs: 650,
      sweptToMs: 300,
      offset: undefined,
      committed: new Map([['ahead', 700]]),
    });
  });

  test('up to where it is complete leaves nothing out', () => {
    expect(moveTo(cursor, [], 600, NOW_MS)).toMatchObject({ leftOut: undefined, again: undefined });
    expect(moveTo(cursor, [], 600, NOW_MS).position).toMatchObject({ watermarkMs: 600, completeToMs: 600 });
  });
});

describe('a reset', () => {
  const stateOf = (found: Cursor | undefined): StreamState =>
    interpretState(new Map(found ? [[keys.cursor, encodeCursor(found)]] : []), keys);
  const fresh = { filters: 'f', startAtMs: undefined, books: booksOf(cursor) };
  const recent = aCursor({
    ...cursor,
    watermarkMs: NOW_MS - 5,
    completeToMs: NOW_MS - 5,
    committed: new Map(),
  });

  test('keeps the books, and publishes again what is in them', () => {
    expect(forget(stateOf(recent), fresh, NOW_MS)).toEqual({
      position: { resetAtMs: NOW_MS, filters: 'f', ...booksOf(cursor) },
      leftOut: undefined,
      again: { atMs: NOW_MS, fromMs: undefined, toMs: NOW_MS - 4 },
      withdrawn: [],
    });
  });

  test('of a stream that has published nothing publishes nothing again', () => {
    const books = emptyBooks('e');
    expect(forget(stateOf(undefined), { ...fresh, books }, NOW_MS).again).toBeUndefined();
  });

  test('without a readable position may repeat everything until now', () => {
    expect(forget(stateOf(undefined), fresh, NOW_MS).again).toMatchObject({
      fromMs: undefined,
      toMs: NOW_MS,
    });
  });

  test('records what Asana has deleted since the stream was complete, or START_AT leaves out: a first start would not', () => {
    const oldestMs = NOW_MS - ASANA_RETENTION_MS;
    const old = aCursor({ ...recent, watermarkMs: oldestMs - 9, completeToMs: oldestMs - 9 });
    expect(forget(stateOf(old), fresh, NOW_MS).leftOut).toEqual({
      fromMs: oldestMs - 9,
      toMs: oldestMs,
      reason: 'deleted-by-asana',
    });
    const late = { ...fresh, startAtMs: NOW_MS - 1 };
    expect(forget(stateOf(recent), late, NOW_MS)).toMatchObject({
      leftOut: skipped(NOW_MS - 5, NOW_MS - 1),
      again: undefined,
    });
  });
});

test('the records say all of it, and give it back', () => {
  const move = {
    ...moveTo(cursor, [skipped(150, 250), skipped(300, 350)], 200, NOW_MS),
    leftOut: skipped(800, 900),
  };
  const state = interpretState(new Map(recordsOf(move, keys, NOW_MS)), keys);
  expect(state).toMatchObject({
    position: move.position,
    republished: [move.again],
    gaps: [skipped(150, 200), skipped(800, 900)],
  });
  expect(new Map(recordsOf(move, keys, NOW_MS)).get(keys.gap(300))).toBeNull();
});
