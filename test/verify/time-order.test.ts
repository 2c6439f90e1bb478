import { describe, expect, test } from 'vitest';
import type { TopicRecord } from '../../src/verify/evidence.ts';
import { timeOrder } from '../../src/verify/time-order.ts';

const placeOf = ({ partition, offset }: TopicRecord) => `e-${partition}@${offset}`;
/** A partition, one record for each time; `late` where it is written as a text. */
const partition = (at: number, ...times: (number | string | undefined)[]): TopicRecord[] =>
  times.map((time, offset) => ({
    id: `${at}/${offset}`,
    createdAtMs: time === undefined ? undefined : Number(time),
    hash: '',
    partition: at,
    offset,
    late: typeof time === 'string',
  }));
const again = (fromMs: number | undefined, toMs: number) => ({ atMs: 0, fromMs, toMs });
const wrong = (topic: TopicRecord[], ...republished: ReturnType<typeof again>[]) =>
  timeOrder(topic, republished, placeOf).map(({ id }) => id);

describe('the order in time', () => {
  test('is that of each partition by itself, with equal times, in whatever order the records come', () => {
    expect(wrong([...partition(1, 10, 20, 20, 30), ...partition(0, 5, 6)])).toEqual([]);
    expect(wrong([...partition(0, 5, 6, 7)].reverse())).toEqual([]);
  });

  test('is broken by a record behind a younger one, which is named with that one', () => {
    expect(timeOrder(partition(2, 10, 30, 20, 30), [], placeOf)).toEqual([
      { id: '2/2', detail: 'e-2@2 is older than 2/1 at e-2@1, and not marked as late' },
    ]);
  });

  test('is not broken by a late record, nor by one that cannot be read', () => {
    expect(wrong(partition(0, 10, 30, '20', undefined, 30))).toEqual([]);
  });

  test('begins anew, once in each partition, where an operator had the past published again', () => {
    const topic = [...partition(0, 10, 20, 30, 20, 30, 40), ...partition(1, 25, 25, 15, 16)];
    expect(wrong(topic, again(15, 31))).toEqual([]);
    expect(wrong(partition(0, 10, 20, 30, 20, 30, 20), again(15, 31))).toEqual(['0/5']);
    expect(wrong(partition(0, 10, 20, 30, 10), again(15, 31))).toEqual(['0/3']);
    expect(wrong(partition(0, 10, 20, 30, 20, 15), again(15, 31))).toEqual(['0/4']);
  });

  test('begins anew as often as it was published again, in that order', () => {
    const topic = partition(0, 10, 50, 10, 20, 15, 50);
    expect(wrong(topic, again(undefined, 51), again(15, 21))).toEqual([]);
    expect(wrong(topic, again(15, 21), again(undefined, 51))).toEqual(['0/4']);
  });
});
