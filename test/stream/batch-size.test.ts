import { expect, test } from 'vitest';
import { FIRST_BATCH_BYTES, nextBatchBytes } from '../../src/stream/batch-size.ts';

test('a transaction grows while it is quick, up to 4 MiB', () => {
  let bytes = FIRST_BATCH_BYTES;
  const sizes = Array.from({ length: 5 }, () => {
    bytes = nextBatchBytes(bytes, 100, 60_000);
    return bytes / 1024 / 1024;
  });
  expect(sizes).toEqual([2, 4, 4, 4, 4]);
});

test.each([
  ['two seconds', 60_000, 2_001],
  ['a quarter of the transaction timeout', 1_000, 251],
])('one that took longer than %s is followed by a smaller one', (_what, timeoutMs, tookMs) => {
  expect(nextBatchBytes(2_000_000, tookMs, timeoutMs)).toBe(1_000_000);
  expect(nextBatchBytes(2_000_000, tookMs - 1, timeoutMs)).toBe(4_000_000);
});

test('none is so small that no page fits: it is a page at least', () => {
  expect(nextBatchBytes(1, 100_000, 60_000)).toBe(1);
});
