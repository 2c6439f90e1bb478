import { createRequire } from 'node:module';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { crc32c } from '../../src/kafka/crc32c.ts';
import {
  type BatchToEncode,
  encodeBatch,
  type RecordToEncode,
  replaceRecordBatches,
} from '../../src/kafka/kafkajs-record-batch.ts';
import { zstdCodec } from '../../src/kafka/zstd-codec.ts';

const require = createRequire(import.meta.url);
const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const RECORD_BATCH = 'kafkajs/src/protocol/recordBatch/v0/index.js';
const PRODUCE = 'kafkajs/src/protocol/requests/produce/v3/request.js';
const recordOfKafkajs: (record: RecordToEncode) => unknown = require(RECORD);
const { RecordBatch: batchOfKafkajs } = require(RECORD_BATCH);

const ZSTD = kafkajs.CompressionTypes.ZSTD;
kafkajs.CompressionCodecs[ZSTD] = () => zstdCodec;
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.constantFrom(null, Buffer.alloc(0), Buffer.alloc(63), Buffer.alloc(64), Buffer.alloc(70_000, 1)),
);
const record = fc.record(
  {
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
  },
  { requiredKeys: ['offsetDelta', 'timestampDelta', 'key', 'value'] },
);
const int64 = fc.bigInt({ min: -1n, max: 2n ** 62n }).map(String);
const batch: fc.Arbitrary<BatchToEncode> = fc.record({
  compression: fc.constantFrom(0, kafkajs.CompressionTypes.GZIP, ZSTD),
  records: fc.array(record, { minLength: 1, maxLength: 20 }),
  firstTimestamp: fc.oneof(int64, fc.nat()),
  maxTimestamp: fc.oneof(int64, fc.nat()),
  producerId: int64,
  producerEpoch: fc.integer({ min: -1, max: 32_767 }),
  firstSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  transactional: fc.boolean(),
  lastOffsetDelta: fc.nat(),
});

test('a batch has the bytes that kafkajs gives it, compressed or not', async () => {
  await fc.assert(
    fc.asyncProperty(batch, async (each) => {
      const theirs = await batchOfKafkajs({ ...each, records: each.records.map(recordOfKafkajs) });
      const ours = await encodeBatch(each, kafkajs.CompressionCodecs);
      expect(ours.buffer.equals(theirs.buffer)).toBe(true);
      expect(ours.size()).toBe(theirs.size());
    }),
    { numRuns: 1_000 },
  );
});

// RFC 3720, B.4: the check values of iSCSI, which has the same polynomial.
test.each([
  ['nothing', Buffer.alloc(0), 0],
  ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 ascending bytes', Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)), 0x46dd794e],
])('the checksum of %s is the one of the standard', (_what, text, expected) => {
  expect(crc32c(text)).toBe(expected);
});

test('kafkajs produces with it once it is in place', async () => {
  replaceRecordBatches(kafkajs.CompressionCodecs);
  const message = { key: Buffer.from('k'), value: Buffer.from('v'), timestamp: '1700000000000' };
  const partitions = [{ partition: 0, firstSequence: 0, messages: [message] }];
  const producer = { transactionalId: 't', producerId: '7', producerEpoch: 1 };
  const topicData = [{ topic: 'e', partitions }];
  const request = require(PRODUCE)({ acks: -1, timeout: 1, compression: 0, ...producer, topicData });
  const { buffer } = await request.encode();
  const own = await encodeBatch(
    {
      compression: 0,
      records: [{ ...message, offsetDelta: 0, timestampDelta: 0 }],
      firstTimestamp: message.timestamp,
      maxTimestamp: message.timestamp,
      producerId: '7',
      producerEpoch: 1,
      firstSequence: 0,
      transactional: true,
      lastOffsetDelta: 0,
    },
    kafkajs.CompressionCodecs,
  );
  expect(require(RECORD)(message)).toBe(message);
  expect(buffer.subarray(-own.size()).equals(own.buffer)).toBe(true);
});
