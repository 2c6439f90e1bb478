import { expect, test } from 'vitest';
import { nextPollMs } from '../../src/stream/poll-interval.ts';

test('a stream on which something happens is asked sooner, up to an eighth of the interval', () => {
  const waits = [8_000];
  for (let page = 0; page < 5; page++) waits.push(nextPollMs(waits.at(-1) ?? 0, 'unknown', 8_000));
  expect(waits).toEqual([8_000, 4_000, 2_000, 1_000, 1_000, 1_000]);
});

test('an idle one later and later, up to the interval', () => {
  const waits = [1_000];
  for (let page = 0; page < 4; page++) waits.push(nextPollMs(waits.at(-1) ?? 0, 'nothing', 8_000));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
});
