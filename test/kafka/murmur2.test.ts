import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, test } from 'vitest';
import { murmur2, partitionOf } from '../../src/kafka/murmur2.ts';

// From the tests of Kafka's own org.apache.kafka.common.utils.Utils.murmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the hash of %s is the Java client’s', (key, hash) => {
  expect(murmur2(key)).toBe(hash);
});

test('the partition of any key is that of kafkajs’s Java-compatible partitioner', () => {
  const partitioner = Partitioners.DefaultPartitioner();
  const metadata = Array.from({ length: 7 }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '7', '\0', 'é', '☃', '🚀'), maxLength: 40 }),
      (key) => {
        expect(partitionOf(key, 7)).toBe(
          partitioner({ topic: 't', partitionMetadata: metadata, message: { key, value: null } }),
        );
      },
    ),
  );
});
