import { expect, test } from 'vitest';
import { logPartition } from './cluster-view.ts';

// By Java: Math.floorMod is not what Kafka does; it drops the sign of String.hashCode.
test.each([
  ['a', 97 % 5],
  ['hello', 99_162_322 % 5],
  ['polygenelubricants', 0],
])('%s belongs to partition %d of the log of transactions, or of groups', (id, partition) => {
  expect(logPartition(id)).toBe(partition);
});
