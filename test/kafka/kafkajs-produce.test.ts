import { createRequire } from 'node:module';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { bytesIn, rangeOf } from '../../src/byte-range.ts';
import type { OutgoingRecord } from '../../src/kafka/client.ts';
import { type ProduceRequest, replaceProduceRequests } from '../../src/kafka/kafkajs-produce.ts';
import { zstdCodec } from '../../src/kafka/zstd-codec.ts';

type Encode = (request: object) => { encode(): Promise<{ buffer: Buffer }> };

const require = createRequire(import.meta.url);
const PRODUCE = 'kafkajs/src/protocol/requests/produce/v3/request.js';
const requestOfKafkajs: Encode = require(PRODUCE);
const ZSTD = kafkajs.CompressionTypes.ZSTD;
kafkajs.CompressionCodecs[ZSTD] = () => zstdCodec;
replaceProduceRequests(kafkajs.CompressionCodecs);
// Whatever version is asked for, kafkajs makes of it, and loads it when it is asked for.
const ourRequest: Encode = require('kafkajs/src/protocol/requests/produce/v7/request.js');

const key = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(null, '', '1211000000000001', 'é'.repeat(32), 'k'.repeat(63), 'k'.repeat(64)),
);
const memory = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 251));
const value = fc.oneof(
  fc.tuple(fc.nat(1_000), fc.nat(300)).map(([start, size]) => ({ memory, start, end: start + size })),
  fc.constantFrom(null, rangeOf(Buffer.alloc(0)), rangeOf(Buffer.alloc(63)), rangeOf(Buffer.alloc(64))),
  fc.nat(300).map((size) => ({ memory, start: memory.length - size, end: memory.length })),
  fc.constant(rangeOf(memory)),
);
const record: fc.Arbitrary<OutgoingRecord> = fc.record(
  {
    // Of 13 digits each, as kafkajs compares them as texts: from 2001 to 2286.
    timestampMs: fc.oneof(
      fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_300 }),
      fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
    ),
    key,
    value,
    headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 200 }), {
      maxKeys: 3,
    }),
  },
  { requiredKeys: ['timestampMs', 'key', 'value'] },
);
const request: fc.Arbitrary<ProduceRequest> = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(60_000),
  transactionalId: fc.constantFrom('a-transaction', null),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }).map(String),
  producerEpoch: fc.integer({ min: -1, max: 32_767 }),
  compression: fc.constantFrom(0, kafkajs.CompressionTypes.GZIP, ZSTD),
  topicData: fc.array(
    fc.record({
      topic: fc.constantFrom('events', 'state'),
      partitions: fc.array(
        fc.record({
          partition: fc.nat(100),
          firstSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
          messages: fc.array(record, { minLength: 1, maxLength: 20 }),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 2 },
  ),
});

/** With times and values as kafkajs wants them. */
const asKafkajsHasIt = (each: ProduceRequest) => ({
  ...each,
  topicData: each.topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ messages, ...partition }) => ({
      ...partition,
      messages: messages.map((message) => ({
        ...message,
        value: message.value && bytesIn(message.value),
        timestamp: String(message.timestampMs),
      })),
    })),
  })),
});

async function expectBytesOfKafkajs(each: ProduceRequest): Promise<void> {
  const theirs = await requestOfKafkajs(asKafkajsHasIt(each)).encode();
  const ours = await ourRequest(each).encode();
  expect(ours.buffer.equals(theirs.buffer)).toBe(true);
}

test('a request has the bytes that kafkajs gives it, compressed or not', async () => {
  await fc.assert(fc.asyncProperty(request, expectBytesOfKafkajs), { numRuns: 1_000 });
});

test('so has one of more records than two bytes count', async () => {
  const messages = Array.from({ length: 20_000 }, (_, index) => ({
    key: String(index),
    value: rangeOf(Buffer.alloc(index % 90)),
    timestampMs: 1_700_000_000_000 + 40_000 * index,
  }));
  const partitions = [{ partition: 0, firstSequence: 7, messages }];
  await expectBytesOfKafkajs({
    acks: -1,
    timeout: 30_000,
    transactionalId: 'a-transaction',
    producerId: '7',
    producerEpoch: 1,
    compression: 0,
    topicData: [{ topic: 'events', partitions }],
  });
});

test('a value that is not all within its memory is refused: what is copied short would end in what was there before', async () => {
  const value = { memory: Buffer.alloc(100), start: 50, end: 101 };
  const messages = [{ key: 'k', value, timestampMs: 1_700_000_000_000 }];
  const topicData = [{ topic: 'events', partitions: [{ partition: 0, firstSequence: 0, messages }] }];
  const sent = { acks: -1, timeout: 1, producerId: '7', producerEpoch: 1, compression: 0, topicData };
  await expect(ourRequest(sent).encode()).rejects.toThrow('bytes up to 101, of a memory of 100');
});

test.each([-1, 0, 1])('what it says of itself is what kafkajs says, with acks %s', (acks) => {
  const of = { acks, timeout: 1, compression: 0, topicData: [] };
  const { encode: _theirs, expectResponse, ...theirs } = requestOfKafkajs(of) as Record<string, unknown>;
  const {
    encode: _ours,
    expectResponse: ourExpectation,
    ...ours
  } = ourRequest(of) as Record<string, unknown>;
  expect(ours).toEqual({ ...theirs, apiVersion: 7 });
  expect((ourExpectation as () => boolean)()).toBe((expectResponse as () => boolean)());
});
