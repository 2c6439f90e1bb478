import fc from 'fast-check';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';

/**
 * Events as JSON texts in nearly the form that Asana sends: documented names, once each, in any order, and mostly texts. So each may be
 * read without being parsed, unless it holds one of the things that are then looked for: a value of another kind, an undocumented
 * property, an escape.
 */

type Alternative = string | { readonly fields?: readonly Field[] };
interface Field {
  readonly name: string;
  readonly type: Alternative | readonly Alternative[];
}

/** Not properties of Asana's; and the time, which is always a valid one. */
const OTHERS = new Set(['workspace_gid', 'additional_properties', 'original_json', 'created_at']);

const texts = fc
  .oneof(
    { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  )
  .map((text) => JSON.stringify(text));
const oddValues = fc.oneof(
  fc.constantFrom('null', 'true', '""', '"\\u0041"', '"7"', '7', '-0', '1.50', '9007199254740993', '1e400'),
  fc.constantFrom('[]', '{}', '["a"]', '{"name":"a"}', '[1,{"a":null}]'),
);
const oddNames = fc.constantFrom('method', 'é', '__proto__', '7', '', 'na', 'names', 'n\\u0061me');
const spaces = fc.constantFrom('', '', '', ' ', '\n\t');

const mostly = (usual: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: oddValues });

function valueFor({ type }: Field): fc.Arbitrary<string> {
  const alternatives = [type].flat() as readonly Alternative[];
  const record = alternatives.find((alternative) => typeof alternative === 'object' && alternative.fields);
  if (typeof record === 'object') return mostly(objectOf(record.fields ?? []));
  return alternatives.includes('long') ? fc.oneof(fc.nat().map(String), oddValues, texts) : mostly(texts);
}

function objectOf(fields: readonly Field[], ...always: string[]): fc.Arbitrary<string> {
  const members = fields
    .filter(({ name }) => !OTHERS.has(name))
    .map((field) => valueFor(field).map((value) => `"${field.name}":${value}`));
  const oddMember = fc
    .tuple(oddNames, fc.oneof(oddValues, texts))
    .map(([name, value]) => `"${name}":${value}`);
  const odd = fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.array(oddMember, { maxLength: 3 }));
  return fc
    .tuple(
      fc.tuple(...members).chain((all) => fc.shuffledSubarray(all)),
      odd,
      spaces,
    )
    .map(
      ([some, others, space]) =>
        `{${space}${[...some, ...always, ...others].join(`${space},${space}`)}${space}}`,
    );
}

const schema: { readonly fields: readonly Field[] } = JSON.parse(EVENT_SCHEMA);

export const nearlyPlainEventTexts = objectOf(
  schema.fields.filter(({ name }) => name !== 'gid'),
  '"gid":"1"',
  '"created_at":"2026-06-01T00:00:05.000Z"',
);
