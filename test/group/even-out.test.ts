import { expect, test } from 'vitest';
import { evenOut } from '../../src/group/even-out.ts';

const ofFirst = (...streams: number[]) =>
  streams.map((each) => ({ streams: each, isFirst: true, cost: each }));
const ofSecond = (...streams: number[]) =>
  streams.map((each) => ({ streams: each, isFirst: false, cost: each }));

test('two for one, where nothing smaller brings the two as close', () => {
  const items = [...ofFirst(11), ...ofSecond(3, 4)];
  expect(evenOut(items, 8)).toEqual(items.toReversed());
});

test('of the ways that bring them as close, the one that costs the least', () => {
  expect(evenOut([...ofFirst(1, 5, 6), ...ofSecond(5, 5)], 2)).toEqual(ofFirst(1));
});

test('what is on its way already changes sides for nothing', () => {
  const [stays, moves] = [
    { streams: 2, isFirst: true, cost: 2 },
    { streams: 2, isFirst: true, cost: -2 },
  ];
  expect(evenOut([stays, moves], 4)).toEqual([moves]);
});

test('nothing, where they cannot get closer', () => {
  expect(evenOut(ofFirst(5), 5)).toEqual([]);
  expect(evenOut([...ofFirst(5, 5), ...ofSecond(5)], 5)).toEqual([]);
  expect(evenOut([], 3)).toEqual([]);
});
