import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [table = ''] = read('examples/flink-sql/audit-log-events.sql').split(/(?<=;\n)/);

type AvroType =
  | string
  | AvroType[]
  | { type: 'record'; fields: AvroField[] }
  | { type: 'map' }
  | { type: 'long' };
type AvroField = { name: string; type: AvroType };

function flinkType(type: AvroType): string {
  if (type === 'string') return 'STRING';
  if (type === 'long') return 'BIGINT';
  if (Array.isArray(type)) return type.slice(1).map(flinkType).join();
  if (typeof type === 'string') throw new Error(`no Flink type for ${type}`);
  if (type.type === 'map') return 'MAP<STRING, STRING>';
  return 'fields' in type ? `ROW<${type.fields.map(flinkColumn).join(', ')}>` : 'TIMESTAMP(3)';
}

function flinkColumn({ name, type }: AvroField): string {
  return `${name === 'group' ? '`group`' : name} ${flinkType(type)}`;
}

test('the table of the Flink example has the columns of the schema', () => {
  const { fields } = JSON.parse(EVENT_SCHEMA);
  const columns = fields.map(flinkColumn).join(', ');
  const declared = table.replaceAll(' NOT NULL', '').replace(/\s+/g, ' ').replaceAll('ROW< ', 'ROW<');
  expect(declared).toContain(`( ${columns}, WATERMARK`);
});

test('docs/schema.md shows the table of the example', () => {
  expect(read('docs/schema.md')).toContain(`\`\`\`sql\n${table}\`\`\``);
});
