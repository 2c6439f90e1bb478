import { expect, test } from 'vitest';
import { bytesIn, copyBytes, giveBack, rangeOf } from '../src/byte-range.ts';

test('a range of a memory that was given back is refused, and not read short', () => {
  const range = rangeOf(Buffer.allocUnsafeSlow(100));
  giveBack(range.memory);
  expect(() => bytesIn(range)).toThrow('bytes up to 100, of a memory of 0');
  expect(() => copyBytes(range, Buffer.alloc(200), 0)).toThrow(RangeError);
});

test('memory may be given back twice', () => {
  const memory = Buffer.allocUnsafeSlow(100);
  giveBack(memory);
  giveBack(memory);
  expect(memory).toHaveLength(0);
});

test('memory that is shared with others is not given back', () => {
  const shared = Buffer.from(new ArrayBuffer(100), 10, 50);
  giveBack(shared);
  expect(bytesIn(rangeOf(shared))).toHaveLength(50);
});
