import { expect, test } from 'vitest';
import { type Chain, NO_HABITS } from '../../src/stream/chain.ts';
import { gapBefore } from '../../src/stream/gap.ts';
import { aCursor } from './a-cursor.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 200 * DAY_MS;
const resuming: Chain = {
  mode: 'catching-up',
  query: { filters: {}, startAtMs: 50 * DAY_MS },
  offset: undefined,
  reachedMs: undefined,
  habits: NO_HABITS,
};
const old = aCursor({
  watermarkMs: 50 * DAY_MS,
  completeToMs: 60 * DAY_MS,
  committed: new Map([['a', 50 * DAY_MS]]),
});

test('an outage longer than Asana keeps events is a gap, from what was complete to what is still there', () => {
  expect(gapBefore(old, resuming, [], NOW_MS)).toEqual({
    fromMs: 60 * DAY_MS,
    toMs: 110 * DAY_MS,
    reason: 'deleted-by-asana',
  });
});

test('a live offset does not hide it', () => {
  expect(gapBefore(old, { ...resuming, mode: 'live', offset: 'o' }, [], NOW_MS)).toBeDefined();
});

test('a quiet tenant has no gap, however old its last event is', () => {
  expect(gapBefore({ ...old, completeToMs: NOW_MS - DAY_MS }, resuming, [], NOW_MS)).toBeUndefined();
});

test('an event that is shown again at the watermark proves that nothing was deleted since', () => {
  expect(gapBefore(old, resuming, [{ id: 'a', createdAtMs: 50 * DAY_MS }], NOW_MS)).toBeUndefined();
});

test('a backlog that is older than the retention is no gap while it is read', () => {
  expect(gapBefore(old, { ...resuming, offset: 'o' }, [], NOW_MS)).toBeUndefined();
  expect(gapBefore(undefined, resuming, [], NOW_MS)).toBeUndefined();
});
