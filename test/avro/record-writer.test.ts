import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AvroBytes } from '../../src/avro/avro-bytes.ts';
import type { EventRecord } from '../../src/avro/event-record.ts';
import { writeRecord } from '../../src/avro/record-writer.ts';
import { EVENT_TYPE } from '../../src/avro/schema.ts';
import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import { parseJson } from '../../src/json.ts';
import { hostileEventTexts } from './event-texts.ts';
import { REALISTIC_EVENTS, TASK_DELETED } from './realistic-events.ts';
import { framed, recordOf } from './round-trip.ts';

const withName = (name: string) => recordOf({ ...TASK_DELETED, resource: { name } });

/** The Avro of each record, as the writer put them one behind the other. */
function written(to: AvroBytes, records: readonly EventRecord[]): Buffer[] {
  to.cutTo(0);
  const ends = records.map((record) => {
    writeRecord(to, record);
    return to.sizeBytes;
  });
  const copy = to.copy();
  return ends.map((end, at) => copy.subarray((ends[at - 1] ?? 0) + HEADER_BYTES, end));
}

function expectBytesOfAvsc(record: EventRecord): void {
  const [value] = written(new AvroBytes(), [record]);
  expect(value?.toString('hex')).toBe(EVENT_TYPE.toBuffer(record).toString('hex'));
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
  for (const [index, value] of written(new AvroBytes(), records).entries())
    expect(value.equals(EVENT_TYPE.toBuffer(records[index]))).toBe(true);
});

test('each field stands where the schema has it', () => {
  const named = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  const event = {
    ...TASK_DELETED,
    actor: named('actor_type', 'gid', 'name', 'email', 'of_actor'),
    resource: named('resource_type', 'resource_subtype', 'gid', 'name', 'email', 'of_resource'),
    details: {
      ...named('old_value', 'new_value', 'saml_response', 'of_details', 'and_another'),
      group: named('gid', 'name', 'resource_type', 'of_group'),
    },
    context: {
      ...named('context_type', 'api_authentication_method', 'client_ip_address', 'user_agent'),
      ...named('oauth_app_name', 'rule_name', 'of_context'),
      on_behalf_of_user_id: 7,
    },
    of_event: 'the of_event',
  };
  expectBytesOfAvsc({ ...recordOf(event), original_json: 'the original_json' });
});

test.each(['a', 'é', '€', '😀'])(
  'a text of %s has the bytes that avsc gives it, at every length',
  (character) => {
    for (let length = 0; length < 150; length++) expectBytesOfAvsc(withName(character.repeat(length)));
  },
);

test.each([0, 63, 64, 8_191, 8_192, 2 ** 31, 2 ** 32, 2 ** 52 + 1, 2 ** 53 - 2])(
  'the number %d has the bytes that avsc gives it',
  (id) => expectBytesOfAvsc(recordOf({ ...TASK_DELETED, context: { on_behalf_of_user_id: id } })),
);

test('whatever the event, its record has the bytes that avsc gives it', () => {
  fc.assert(
    fc.property(hostileEventTexts, (text) => expectBytesOfAvsc(recordOf(parseJson(text)))),
    { numRuns: 1_000 },
  );
});

test('what was copied stays unchanged by the next page', () => {
  const bytes = new AvroBytes();
  const [first] = written(bytes, [withName('a')]);
  written(bytes, [withName('b')]);
  expect(first?.equals(EVENT_TYPE.toBuffer(withName('a')))).toBe(true);
});

test('a value that is no record is refused, and the writer goes on', () => {
  const bytes = new AvroBytes();
  writeRecord(bytes, withName('before'));
  const { sizeBytes } = bytes;
  expect(() => writeRecord(bytes, { ...withName('x'), gid: null as unknown as string })).toThrow(TypeError);
  for (const created_at of [-1, 1.5, Number.NaN, 2 ** 53])
    expect(() => writeRecord(bytes, { ...withName('x'), created_at })).toThrow(RangeError);
  expect(bytes.sizeBytes).toBe(sizeBytes);
});

test('the documented events without a SAML response take at most 60 % of the bytes of their JSON', () => {
  const common = REALISTIC_EVENTS.filter((event) => !('saml_response' in event.details));
  const jsonBytes = common.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  const avroBytes = common.reduce((sum, event) => sum + framed(recordOf(event), 1).length, 0);
  expect(avroBytes / jsonBytes).toBeLessThanOrEqual(0.6);
});
