import { expect, test } from 'vitest';
import { gapBefore } from '../../src/stream/gap.ts';
import { aCursor } from './a-cursor.ts';
import { aPage } from './a-page.ts';

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
  const again = { id: 'a', createdAtMs: 50 * DAY_MS, value: Buffer.alloc(0), unmappable: undefined };
  expect(gapBefore(old, { ...resuming, events: [again] })).toBeUndefined();
});

test('a backlog that is older than the retention is no gap while it is read', () => {
  expect(gapBefore(old, { ...resuming, resumes: false })).toBeUndefined();
  expect(gapBefore(undefined, resuming)).toBeUndefined();
});
