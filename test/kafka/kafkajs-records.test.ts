import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRecord, replaceRecordEncoder } from '../../src/kafka/kafkajs-records.ts';

const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const require = createRequire(import.meta.url);
const original: typeof encodeRecord = require(MODULE);

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.constantFrom(null, Buffer.alloc(0), Buffer.alloc(63), Buffer.alloc(64), Buffer.alloc(70_000, 1)),
);
const record = fc.record({
  offsetDelta: fc.oneof(fc.nat({ max: 300 }), fc.nat()),
  // A century, either way.
  timestampDelta: fc.oneof(
    fc.integer({ min: -300, max: 300 }),
    fc.integer({ min: -3_200_000_000_000, max: 3_200_000_000_000 }),
  ),
  key: bytes,
  value: bytes,
  headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 200 }), {
    maxKeys: 3,
  }),
});

test('a record has the bytes that kafkajs gives it', () => {
  fc.assert(
    fc.property(record, (each) => {
      expect(encodeRecord(each).buffer.equals(original(each).buffer)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('a record without headers has the bytes that kafkajs gives it', () => {
  const each = { offsetDelta: 1, timestampDelta: 2, key: Buffer.from('k'), value: null };
  expect(encodeRecord(each).buffer).toEqual(original(each).buffer);
});

test('kafkajs encodes with it once it is in place', () => {
  expect(require(MODULE)).toBe(original);
  replaceRecordEncoder();
  expect(require(MODULE)).toBe(encodeRecord);
});
