import { expect, test } from 'vitest';
import { transactionLogPartition } from './cluster-view.ts';

// By Java: Math.floorMod is not what Kafka does; it drops the sign of String.hashCode.
test.each([
  ['a', 97 % 5],
  ['hello', 99_162_322 % 5],
  ['polygenelubricants', 0],
])('the transactional id %s belongs to partition %d of the transaction log', (id, partition) => {
  expect(transactionLogPartition(id)).toBe(partition);
});
