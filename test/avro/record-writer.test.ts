import { expect, test } from 'vitest';
import { RecordWriter } from '../../src/avro/record-writer.ts';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import { REALISTIC_EVENTS, TASK_DELETED } from './realistic-events.ts';
import { framed, recordOf } from './round-trip.ts';

const withName = (name: string) => recordOf({ ...TASK_DELETED, resource: { name } });

/** The Avro of each record, as the writer put them one behind the other. */
function written(writer: RecordWriter, records: readonly ReturnType<typeof withName>[]): Buffer[] {
  writer.begin();
  const ends = records.map((record) => {
    writer.write(record);
    return writer.sizeBytes;
  });
  const copy = writer.copy();
  return ends.map((end, at) => copy.subarray((ends[at - 1] ?? 0) + HEADER_BYTES, end));
}

test('a record is framed as 0, the schema id as a big-endian int32, and the Avro encoding', () => {
  const record = recordOf(TASK_DELETED);
  const bytes = framed(record, 0x01020304);
  expect([...bytes.subarray(0, HEADER_BYTES)]).toEqual([0, 1, 2, 3, 4]);
  expect(bytes.subarray(HEADER_BYTES)).toEqual(EVENT_TYPE.toBuffer(record));
});

test('records stand one behind the other, however large they grow', () => {
  // Sizes from 100 bytes to above all that the writer has at first.
  const records = Array.from({ length: 400 }, (_, index) =>
    withName('é'.repeat((index * index * 7) % 9_000) + (index === 250 ? 'x'.repeat(3_000_000) : '')),
  );
  for (const [index, value] of written(new RecordWriter(), records).entries())
    expect(value.equals(EVENT_TYPE.toBuffer(records[index]))).toBe(true);
});

test('what was copied stays unchanged by the next page', () => {
  const writer = new RecordWriter();
  const [first] = written(writer, [withName('a')]);
  written(writer, [withName('b')]);
  expect(first?.equals(EVENT_TYPE.toBuffer(withName('a')))).toBe(true);
});

test('a value that is no record is refused, and the writer goes on', () => {
  const writer = new RecordWriter();
  writer.write(withName('before'));
  const { sizeBytes } = writer;
  expect(() => writer.write({ ...withName('x'), gid: null as unknown as string })).toThrow(
    'invalid "string"',
  );
  expect(writer.sizeBytes).toBe(sizeBytes);
});

test('real events take at most 60 % of the bytes of their JSON', () => {
  const common = REALISTIC_EVENTS.filter((event) => !('saml_response' in event.details));
  const jsonBytes = common.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  const avroBytes = common.reduce((sum, event) => sum + framed(recordOf(event), 1).length, 0);
  expect(avroBytes / jsonBytes).toBeLessThanOrEqual(0.6);
});
