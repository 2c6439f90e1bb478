import { readdirSync, readFileSync } from 'node:fs';
import avsc from 'avsc';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EVENT_NAME, EVENT_SCHEMA, EVENT_TYPE } from '../../src/avro/schema.ts';
import { REALISTIC_EVENTS } from './realistic-events.ts';
import { recordOf } from './round-trip.ts';

type Field = { name: string; type: unknown; doc?: string; default?: unknown };
type RecordSchema = { type: 'record'; name: string; doc?: string; fields: Field[] };

const isRecord = (schema: unknown): schema is RecordSchema =>
  typeof schema === 'object' && schema !== null && 'fields' in schema;
const branches = (type: unknown): unknown[] => (Array.isArray(type) ? type : [type]);

/** The record and every record inside it. */
function recordsOf(schema: RecordSchema): RecordSchema[] {
  const nested = schema.fields.flatMap(({ type }) => branches(type).filter(isRecord));
  return [schema, ...nested.flatMap(recordsOf)];
}

const records = recordsOf(JSON.parse(EVENT_SCHEMA));
const fields = records.flatMap((record) =>
  record.fields.map((field) => ({ ...field, path: `${record.name}.${field.name}` })),
);

test(`the schema is of ${EVENT_NAME} and the five records in it`, () => {
  expect(EVENT_TYPE.name).toBe(EVENT_NAME);
  expect(records.map(({ name }) => name)).toEqual([
    'AuditLogEvent',
    'Actor',
    'Resource',
    'Details',
    'Group',
    'Context',
  ]);
});

test.each([...records.map(({ name, doc }) => ({ path: name, doc })), ...fields])(
  '$path is documented',
  ({ doc }) => {
    expect(doc).toMatch(/^[A-Z].{20,}\.$/);
  },
);

test.each(fields)('$path has a default, or is one of the three that no event lacks', ({ path, ...field }) => {
  const required = ['AuditLogEvent.gid', 'AuditLogEvent.workspace_gid', 'AuditLogEvent.created_at'];
  expect('default' in field).toBe(!required.includes(path));
});

test.each(fields)('$path is of a type that every registry and Flink SQL read', ({ type }) => {
  if (Array.isArray(type)) {
    expect(type).toHaveLength(2);
    expect(type[0]).toBe('null');
  }
  const [last] = branches(type).slice(-1);
  const plain = isRecord(last) || ['string', 'long'].includes(String(last));
  const known = [
    { type: 'map', values: 'string' },
    { type: 'long', logicalType: 'timestamp-millis' },
  ];
  if (!plain) expect(known).toContainEqual(last);
});

describe('every property that the API documents has a field', () => {
  const contract = parse(
    readFileSync(new URL('../simulator/contract/asana-audit-oas.yaml', import.meta.url), 'utf8'),
  );
  const documented = [
    ['AuditLogEvent', 'AuditLogEvent'],
    ['AuditLogEventActor', 'Actor'],
    ['AuditLogEventResource', 'Resource'],
    ['AuditLogEventDetails', 'Details'],
    ['AuditLogEventContext', 'Context'],
  ].flatMap(([component = '', record]) =>
    Object.keys(contract.components.schemas[component].properties).map((name) => [`${record}.${name}`]),
  );
  test.each(documented)('%s', (path) => {
    expect(fields.map((field) => field.path)).toContain(path);
  });
});

describe('with one more field that has a default', () => {
  const extended = JSON.parse(EVENT_SCHEMA);
  extended.fields.splice(4, 0, { name: 'severity', type: ['null', 'string'], default: null });
  const details = branches(extended.fields.find(({ name }: Field) => name === 'details').type)[1];
  (details as RecordSchema).fields.push({ name: 'method', type: ['null', 'string'], default: null });
  const newType = avsc.Type.forSchema(extended);

  test.each(REALISTIC_EVENTS)('a new reader reads an old $event_type', (event) => {
    const bytes = EVENT_TYPE.toBuffer(recordOf(event));
    const read = newType.fromBuffer(bytes, newType.createResolver(EVENT_TYPE));
    const { details } = recordOf(event);
    expect(structuredClone(read)).toEqual({
      ...recordOf(event),
      severity: null,
      details: { ...details, method: null },
    });
  });

  test.each(REALISTIC_EVENTS)('an old reader reads a new $event_type', (event) => {
    const { details } = recordOf(event);
    const bytes = newType.toBuffer({
      ...recordOf(event),
      severity: 'high',
      details: { ...details, method: 'SAML' },
    });
    const read = EVENT_TYPE.fromBuffer(bytes, EVENT_TYPE.createResolver(newType));
    expect(structuredClone(read)).toEqual(recordOf(event));
  });
});

describe('of the schemas that released versions have registered', () => {
  const folder = new URL('written-by/', import.meta.url);
  const files = readdirSync(folder);
  const schemaIn = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

  test.each(files)('%s reads what the present one writes, and the other way round', (file) => {
    const former = avsc.Type.forSchema(schemaIn(file));
    expect(() => former.createResolver(EVENT_TYPE)).not.toThrow();
    expect(() => EVENT_TYPE.createResolver(former)).not.toThrow();
  });

  // What every connector looks for at the beginning of a record, whoever wrote it: src/avro/decoder.ts.
  test.each(files)('%s begins with the same three fields', (file) => {
    const beginning = ({ fields }: RecordSchema) =>
      fields.slice(0, 3).map(({ name, type }: Field) => ({ name, type }));
    expect(beginning(JSON.parse(EVENT_SCHEMA))).toEqual(beginning(schemaIn(file)));
  });
});
