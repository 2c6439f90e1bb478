import { describe, expect, test } from 'vitest';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import { emptyBooks } from '../../src/stream/cursor.ts';
import {
  afterGap,
  around,
  decodePassedGap,
  encodeGap,
  type Gap,
  gapBefore,
  isAvoided,
  passedGaps,
} from '../../src/stream/gap.ts';
import { aCursor } from './a-cursor.ts';
import { aPage } from './a-page.ts';
import { anEvent } from './an-event.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 200 * DAY_MS;
const resuming = aPage({ asOfMs: NOW_MS, resumes: true });
const old = aCursor({
  watermarkMs: 50 * DAY_MS,
  completeToMs: 60 * DAY_MS,
  committed: new Map([['a', 50 * DAY_MS]]),
});

test('an outage longer than Asana keeps events is a gap, from what was complete to what is still there', () => {
  expect(gapBefore(old, resuming)).toEqual({
    fromMs: 60 * DAY_MS,
    toMs: 110 * DAY_MS,
    reason: 'deleted-by-asana',
  });
});

test('a live offset does not hide it', () => {
  expect(gapBefore(old, { ...resuming, mode: 'live' })).toBeDefined();
});

test('a quiet tenant has no gap, however old its last event is', () => {
  expect(gapBefore({ ...old, completeToMs: NOW_MS - DAY_MS }, resuming)).toBeUndefined();
});

test('an event that is shown again at the watermark proves that nothing was deleted since', () => {
  const again = { ...anEvent('a', 50 * DAY_MS), createdAtMs: 50 * DAY_MS, isDated: true };
  expect(gapBefore(old, { ...resuming, events: [again] })).toBeUndefined();
});

test('a backlog that is older than the retention is no gap while it is read', () => {
  expect(gapBefore(old, { ...resuming, resumes: false })).toBeUndefined();
  expect(gapBefore(undefined, resuming)).toBeUndefined();
});

describe('the record of a gap', () => {
  const record = (gap: Gap) => JSON.parse(String(encodeGap(gap, NOW_MS)));
  const refused: Gap = { fromMs: 5, toMs: 7, reason: 'refused-by-asana', message: 'Asana answered 500' };

  test('says from when to when, why, what was said, and when it was found', () => {
    expect(record(refused)).toEqual({
      version: 1,
      from: '1970-01-01T00:00:00.005Z',
      to: '1970-01-01T00:00:00.007Z',
      reason: 'refused-by-asana',
      message: 'Asana answered 500',
      found_at: new Date(NOW_MS).toISOString(),
    });
  });

  test('has null for a time that nobody knows', () => {
    const open = record({ fromMs: undefined, toMs: undefined, reason: 'state-unreadable' });
    expect(open).toMatchObject({ from: null, to: null });
    expect(open).not.toHaveProperty('message');
  });

  test('gives back the time that is passed, and nothing for any other record', () => {
    for (const reason of ['refused-by-asana', 'deleted-by-asana', 'skipped-by-operator'] as const)
      expect(decodePassedGap('k', encodeGap({ ...refused, reason }, NOW_MS))).toEqual({
        fromMs: 5,
        toMs: 7,
        reason,
      });
    expect(
      decodePassedGap('k', encodeGap({ ...refused, reason: 'state-unreadable' }, NOW_MS)),
    ).toBeUndefined();
    for (const damaged of ['', '{', 'null', '[]', '{"reason":"refused-by-asana","from":"x","to":"y"}'])
      expect(decodePassedGap('k', Buffer.from(damaged))).toBeUndefined();
    expect(decodePassedGap('k', null)).toBeUndefined();
  });

  test('is found under its own key only, in time order', () => {
    const keys = stateKeys('asana-audit', '1');
    const gap = (fromMs: number): Gap => ({ fromMs, toMs: 99, reason: 'deleted-by-asana' });
    const records: [string, Buffer | null][] = [
      [keys.gap(7), encodeGap(gap(7), NOW_MS)],
      [keys.gap(5), encodeGap(gap(5), NOW_MS)],
      [keys.gap(6), null],
      [keys.gap(8), encodeGap(gap(9), NOW_MS)],
      [stateKeys('asana-audit', '2').gap(4), encodeGap(gap(4), NOW_MS)],
    ];
    expect(passedGaps(records, keys).map(({ fromMs }) => fromMs)).toEqual([5, 7]);
  });

  test('is avoided where Asana refuses the time or an operator skipped it: what it has deleted is not asked for in any case', () => {
    const gap = (reason: Gap['reason']) => ({ fromMs: 1, toMs: 2, reason });
    expect(isAvoided(gap('refused-by-asana'))).toBe(true);
    expect(isAvoided(gap('skipped-by-operator'))).toBe(true);
    expect(isAvoided(gap('deleted-by-asana'))).toBe(false);
  });
});

describe('the cursor behind a gap', () => {
  const place = { filters: '', books: emptyBooks('e') };
  const gap = { fromMs: 100, toMs: 110, reason: 'refused-by-asana' } as const;
  const offset = { value: 'o', obtainedAtMs: 90, query: {} };
  const before = aCursor({ mode: 'live', watermarkMs: 100, completeToMs: 105, sweptToMs: 40, offset });

  test('is at its end, without the offset, whose next page may be the refused one', () => {
    expect(afterGap(before, gap, place)).toMatchObject({
      mode: 'catching-up',
      watermarkMs: 110,
      completeToMs: 110,
      offset: undefined,
    });
  });

  test('keeps the ids of what is committed further on', () => {
    const ahead = {
      ...before,
      committed: new Map([
        ['inside', 105],
        ['ahead', 500],
      ]),
    };
    expect(afterGap(ahead, gap, place).committed).toEqual(new Map([['ahead', 500]]));
  });

  test('leaves what came before it to the sweeps, where it was left to them', () => {
    expect(afterGap(before, gap, place).sweptToMs).toBe(40);
    expect(afterGap({ ...before, sweptToMs: 100 }, gap, place).sweptToMs).toBe(110);
  });

  test('is where it was, if that is before the gap or behind it', () => {
    for (const watermarkMs of [99, 110]) {
      const elsewhere = { ...before, watermarkMs };
      expect(afterGap(elsewhere, gap, place)).toBe(elsewhere);
    }
  });

  test('of a stream that begins with one is at its end', () => {
    expect(afterGap(undefined, gap, place)).toMatchObject({ watermarkMs: 110, sweptToMs: 110, events: 0 });
  });
});

test('around gaps, a range falls into pieces, in time order', () => {
  const range = { fromMs: 10, toMs: 100 };
  const gap = (fromMs: number, toMs: number) => ({ fromMs, toMs });
  expect(around(range, [])).toEqual([range]);
  expect(around(range, [gap(50, 51), gap(20, 30)])).toEqual([gap(10, 20), gap(30, 50), gap(51, 100)]);
  expect(around(range, [gap(5, 20), gap(15, 40), gap(90, 120)])).toEqual([gap(40, 90)]);
  expect(around(range, [gap(0, 10), gap(100, 200)])).toEqual([range]);
  expect(around(range, [gap(0, 200)])).toEqual([]);
});
