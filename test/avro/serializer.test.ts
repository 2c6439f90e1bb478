import { expect, test } from 'vitest';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { EventSerializer } from '../../src/avro/serializer.ts';
import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import { REALISTIC_EVENTS, TASK_DELETED } from './realistic-events.ts';
import { recordOf } from './round-trip.ts';

const withName = (name: string) => recordOf({ ...TASK_DELETED, resource: { name } });

test('a record is framed as 0, the schema id as a big-endian int32, and the Avro encoding', () => {
  const record = recordOf(TASK_DELETED);
  const bytes = new EventSerializer(0x01020304).encode(record);
  expect([...bytes.subarray(0, HEADER_BYTES)]).toEqual([0, 1, 2, 3, 4]);
  expect(bytes.subarray(HEADER_BYTES)).toEqual(EVENT_TYPE.toBuffer(record));
});

test('a slice stays unchanged whatever is encoded after it', () => {
  const serializer = new EventSerializer(1);
  // Sizes from 100 bytes to above a chunk, so that records end at, before and beyond the ends of chunks.
  const records = Array.from({ length: 400 }, (_, index) =>
    withName('é'.repeat((index * index * 7) % 9_000) + (index === 250 ? 'x'.repeat(3_000_000) : '')),
  );
  const slices = records.map((record) => serializer.encode(record));
  for (const [index, slice] of slices.entries()) {
    expect(slice.subarray(HEADER_BYTES).equals(EVENT_TYPE.toBuffer(records[index]))).toBe(true);
  }
});

test('records share memory', () => {
  const serializer = new EventSerializer(1);
  const [first, second] = [serializer.encode(withName('a')), serializer.encode(withName('b'))];
  expect(second.buffer).toBe(first.buffer);
});

test('a value that is no record is refused, and the serializer goes on', () => {
  const serializer = new EventSerializer(1);
  const before = serializer.encode(withName('before'));
  expect(() => serializer.encode({ ...withName('x'), gid: null as unknown as string })).toThrow(
    'invalid "string"',
  );
  const after = serializer.encode(withName('after'));
  expect(after.byteOffset).toBe(before.byteOffset + before.length);
});

test('real events take at most 60 % of the bytes of their JSON', () => {
  const serializer = new EventSerializer(1);
  const common = REALISTIC_EVENTS.filter((event) => !('saml_response' in event.details));
  const jsonBytes = common.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  const avroBytes = common.reduce((sum, event) => sum + serializer.encode(recordOf(event)).length, 0);
  expect(avroBytes / jsonBytes).toBeLessThanOrEqual(0.6);
});
