import avsc from 'avsc';
import { describe, expect, test } from 'vitest';
import { createDecoder, type DecodeRecord, decodeOwn, UndecodableRecord } from '../../src/avro/decoder.ts';
import { EVENT_SCHEMA, EVENT_TYPE } from '../../src/avro/schema.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import { HEADER_BYTES, writeHeader } from '../../src/avro/wire-format.ts';
import { REALISTIC_EVENTS, TASK_DELETED } from './realistic-events.ts';
import { framed, recordOf, WORKSPACE_GID } from './round-trip.ts';

const encoded = (schemaId = 1) => framed(recordOf(TASK_DELETED), schemaId);

test.each(REALISTIC_EVENTS)('a $event_type is decoded to the record that was encoded', async (event) => {
  const record = await createDecoder(async () => EVENT_TYPE)(framed(recordOf(event), 1));
  expect(structuredClone(record)).toEqual(recordOf(event));
});

test('records of several versions of the schema are decoded side by side, each whole', async () => {
  const schema = JSON.parse(EVENT_SCHEMA);
  schema.fields.push({ name: 'severity', type: ['null', 'string'], default: null });
  const newType = avsc.Type.forSchema(schema);
  const payload = newType.toBuffer({ ...recordOf(TASK_DELETED), severity: 'high' });
  const ofNewVersion = Buffer.alloc(HEADER_BYTES + payload.length);
  writeHeader(ofNewVersion, 0, 2);
  payload.copy(ofNewVersion, HEADER_BYTES);

  const decode = createDecoder(async (schemaId) => (schemaId === 2 ? newType : EVENT_TYPE));
  expect(toEvent(await decode(ofNewVersion))).toEqual({ ...TASK_DELETED, severity: 'high' });
  expect(toEvent(await decode(encoded(1)))).toEqual(TASK_DELETED);
  expect((await decode(encoded(1))).workspace_gid).toBe(WORKSPACE_GID);
});

describe('a schema', () => {
  test('is fetched once for each id, however many records ask for it at a time', async () => {
    const fetched: number[] = [];
    const decode = createDecoder(async (schemaId) => {
      fetched.push(schemaId);
      return EVENT_TYPE;
    });
    await Promise.all([decode(encoded(1)), decode(encoded(2)), decode(encoded(1)), decode(encoded(2))]);
    await decode(encoded(1));
    expect(fetched).toEqual([1, 2]);
  });

  test('that could not be fetched is asked for again', async () => {
    let failures = 1;
    const decode = createDecoder(async () => {
      if (failures-- > 0) throw new Error('registry down');
      return EVENT_TYPE;
    });
    await expect(decode(encoded())).rejects.toThrow('registry down');
    expect(toEvent(await decode(encoded()))).toEqual(TASK_DELETED);
  });

  test('is forgotten when a hundred others were needed since', async () => {
    const fetched: number[] = [];
    const decode = createDecoder(async (schemaId) => {
      fetched.push(schemaId);
      return EVENT_TYPE;
    });
    for (let schemaId = 1; schemaId <= 101; schemaId++) await decode(encoded(schemaId));
    await decode(encoded(101));
    await decode(encoded(1));
    expect(fetched.slice(100)).toEqual([101, 1]);
  });
});

describe('bytes that are no record of ours are undecodable:', () => {
  const whole = encoded();
  const stranger = avsc.Type.forSchema({ type: 'record', name: 'Other', fields: [] });
  test.each([
    ['nothing', Buffer.alloc(0), EVENT_TYPE, /not framed/],
    ['a header cut short', whole.subarray(0, 4), EVENT_TYPE, /not framed/],
    ['another first byte', Buffer.from('{"gid":"1"}'), EVENT_TYPE, /not framed/],
    ['a record cut short', whole.subarray(0, -1), EVENT_TYPE, /is cut short|does not describe/],
    ['bytes after the record', Buffer.concat([whole, Buffer.of(0, 0)]), EVENT_TYPE, /2 bytes too many/],
    ['another schema', whole, stranger, /schema 1 is Other, not asana.auditlog.AuditLogEvent/],
    ['noise', Buffer.concat([Buffer.of(0, 0, 0, 0, 1), Buffer.alloc(50, 0x7f)]), EVENT_TYPE, /schema 1/],
  ])('%s', async (_what, bytes, type, message) => {
    const decoding = createDecoder(async () => type)(bytes);
    await expect(decoding).rejects.toThrow(UndecodableRecord);
    await expect(decoding).rejects.toThrow(message);
  });
});

describe('a record of the own workspace', () => {
  const other = avsc.Type.forSchema({ type: 'record', name: 'Other', fields: [] });
  const askedNothing: DecodeRecord = async () => {
    throw new Error('the registry was asked');
  };
  const ownOf = (decode: DecodeRecord, framed: Buffer | null, workspaceGid = WORKSPACE_GID) =>
    decodeOwn(decode, workspaceGid, framed);

  test('is known by its content, whatever the registry takes its id for by now', async () => {
    expect(await ownOf(askedNothing, encoded())).toMatchObject({ gid: TASK_DELETED.gid });
    expect(
      await ownOf(
        createDecoder(async () => other),
        encoded(),
      ),
    ).toMatchObject({ gid: TASK_DELETED.gid });
  });

  test('that another version of the schema wrote is read as its id says', async () => {
    const schema = JSON.parse(EVENT_SCHEMA);
    schema.fields.push({ name: 'severity', type: ['null', 'string'], default: null });
    const newType = avsc.Type.forSchema(schema);
    const payload = newType.toBuffer({ ...recordOf(TASK_DELETED), severity: 'high' });
    const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), payload]);
    expect(
      await ownOf(
        createDecoder(async () => newType),
        framed,
      ),
    ).toMatchObject({ severity: 'high' });
    await expect(ownOf(askedNothing, framed)).rejects.toThrow('the registry was asked');
  });

  // Where the registry did not know the id of one, it ended the connector, and each start of it.
  test('is not one of another workspace, one that is none of ours, or a tombstone, whatever the registry knows', async () => {
    expect(await ownOf(askedNothing, encoded(), 'another')).toBeUndefined();
    for (const bytes of ['', 'not ours', '\0\0\0\0\u0001not ours either'])
      expect(await ownOf(askedNothing, Buffer.from(bytes))).toBeUndefined();
    expect(await ownOf(askedNothing, null)).toBeUndefined();
  });

  test('is not one of another schema that begins like ours', async () => {
    const type = avsc.Type.forSchema({
      type: 'record',
      name: 'Other',
      fields: [
        { name: 'a', type: 'string' },
        { name: 'b', type: 'string' },
      ],
    });
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), type.toBuffer({ a: '1', b: WORKSPACE_GID })]);
    const decode = createDecoder(async () => type);
    expect(await ownOf(decode, bytes)).toBeUndefined();
  });
});
