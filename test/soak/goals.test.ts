import { expect, test } from 'vitest';
import { type LaneReport, NOTHING_DONE } from '../faults/lane.ts';
import { CLEAN_STOCK as stock } from './a-stock.ts';
import { shortfalls } from './goals.ts';

const crash: LaneReport = {
  ...NOTHING_DONE,
  lane: 'crash',
  kills: 200,
  killsOpen: 60,
  recoveriesMs: [5_000, 5_000, 20_000],
  stock,
};
const others: LaneReport = {
  ...NOTHING_DONE,
  lane: 'others',
  brokerKills: 30,
  leaderMoves: 30,
  coordinatorMoves: 20,
  zombies: 30,
  stock,
};

test('a soak that has done just enough of each falls short of nothing', () => {
  expect(shortfalls([crash, others])).toEqual([]);
});

test.each<[string, Partial<LaneReport>, Partial<LaneReport>]>([
  ['kills -9 of the connector: 199 of 200', { kills: 199 }, {}],
  ['percent of them with a transaction open: 29.5 of 30', { killsOpen: 59 }, {}],
  [
    'events of the lanes that kill the connector: 999,999 of 1,000,000',
    { stock: { ...stock, events: 999_999 } },
    {},
  ],
  ['recovery p50 in seconds: 5.1, at most 5', { recoveriesMs: [5_000, 5_100, 20_000] }, {}],
  ['recovery p99 in seconds: 20.1, at most 20', { recoveriesMs: [5_000, 5_000, 20_100] }, {}],
  ['broker kills -9: 29 of 30', {}, { brokerKills: 29 }],
  ['leader moves: 29 of 30', {}, { leaderMoves: 29 }],
  ['transaction coordinator moves: 19 of 20', {}, { coordinatorMoves: 19 }],
  ['zombies: 29 of 30', {}, { zombies: 29 }],
])('one that has not is named: %s', (words, less, lessOfOthers) => {
  expect(
    shortfalls([
      { ...crash, ...less },
      { ...others, ...lessOfOthers },
    ]),
  ).toEqual([words]);
});

test('a soak without a lane, or without a recovery, is short of all that it would have shown', () => {
  expect(shortfalls([])).toHaveLength(9);
  expect(shortfalls([{ ...crash, recoveriesMs: [] }, others])).toHaveLength(2);
});
