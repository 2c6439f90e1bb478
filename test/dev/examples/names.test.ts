import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVENTS_TOPIC } from '../../../dev/demo/services.ts';
import { BURSTS_TOPIC, BY_ACTOR_TOPIC } from '../../../dev/examples/kafka-streams.ts';
import { EVENT_SCHEMA } from '../../../src/avro/schema.ts';
import { OPTIONS } from '../../../src/config/options.ts';

const read = (path: string) => readFileSync(new URL(`../../../examples/${path}`, import.meta.url), 'utf8');
const program = read('kafka-streams/FailedLoginBursts.java');
const sql = read('flink-sql/audit-log-events.sql');
const [, ...queries] = sql.split(/(?<=;\n)/);

/** Names of the schema's fields, those of its records as `actor.gid`. */
const fieldNames: string[] = JSON.parse(EVENT_SCHEMA).fields.flatMap(
  ({ name, type }: { name: string; type: [unknown, { fields?: { name: string }[] }] }) => [
    name,
    ...(type[1]?.fields ?? []).map((field) => `${name}.${field.name}`),
  ],
);

const textOf = (pattern: RegExp) => pattern.exec(program)?.[1];

test('both examples read the topic that the connector writes by default', () => {
  expect(OPTIONS.EVENTS_TOPIC.default).toBe(EVENTS_TOPIC);
  expect(textOf(/String EVENTS = "(.*)"/)).toBe(EVENTS_TOPIC);
  expect(/'topic' = '(.*)'/.exec(sql)?.[1]).toBe(EVENTS_TOPIC);
});

test('the topics that the Kafka Streams example is watched by are its own', () => {
  expect(textOf(/String BURSTS = "(.*)"/)).toBe(BURSTS_TOPIC);
  const application = textOf(/APPLICATION_ID_CONFIG, "(.*)"/);
  const grouping = textOf(/Grouped\.with\("(.*?)"/);
  expect(BY_ACTOR_TOPIC).toBe(`${application}-${grouping}-repartition`);
});

test('the Kafka Streams example asks for fields of the schema', () => {
  const asked = [...program.matchAll(/text\(event(?:\.get\("(\w+)"\))?, "(\w+)"\)/g)].map(
    ([, record, field]) => [record, field].filter(Boolean).join('.'),
  );
  expect(asked).toEqual(['event_type', 'actor.gid']);
  expect(fieldNames).toEqual(expect.arrayContaining(asked));
});

test('the queries of the Flink example ask for fields of the schema', () => {
  const text = queries.join('');
  const nested = [...text.matchAll(/\b(?:actor|context|details)\.\w+/g)].map(([name]) => name);
  const columns = [...text.matchAll(/\b(?:created_at|event_\w+)\b/g)].map(([name]) => name);
  expect(nested.length * columns.length).toBeGreaterThan(0);
  expect(fieldNames).toEqual(expect.arrayContaining([...nested, ...columns]));
});
