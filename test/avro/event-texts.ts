import fc from 'fast-check';
import { EVENT_SCHEMA } from '../../src/avro/schema.ts';

/**
 * Arbitrary events as JSON texts, not values: only a text can say -0, 1e400 or 9007199254740993. Each has a valid gid
 * and created_at, and anything at all elsewhere.
 */

/** Every name that the schema or JavaScript could take for something else than a property of the event. */
const confusingNames = [
  ...new Set(EVENT_SCHEMA.match(/(?<="name":")\w+/g)),
  ...Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__'),
  'toJSON',
  'rawJSON',
  'length',
  '0',
  '',
  '\u0000',
  'é',
  '🚀',
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 60, maxLength: 140 }),
  fc.constantFrom('', 'null', '{}', '2026-03-14T15:09:26.535Z', '\u2028"\\'),
);
/** What a field or a JSON text holds exactly. */
const exact = {
  name: fc.oneof(fc.constantFrom(...confusingNames), anyText).filter((name) => name !== '__proto__'),
  string: anyText,
  number: fc
    .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger())
    .map((value) => JSON.stringify(value)),
};
/** And what they do not, for one reason or another. */
const hostile = {
  name: fc.oneof(exact.name, fc.constantFrom('__proto__', '\ud800')),
  string: fc.oneof(
    exact.string,
    fc
      .array(fc.integer({ min: 0xd7f0, max: 0xe00f }), { maxLength: 4 })
      .map((units) => String.fromCharCode(...units)),
  ),
  number: fc.oneof(
    exact.number,
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.constantFrom('-0', '0.0', '1e400', '-1E+400', '1e2', '9007199254740991', '9007199254740993', '1.50'),
  ),
};

const times = fc.oneof(
  fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom('2026-03-14T15:09:26Z', '2026-03-14t17:09:26.5350001+02:00', '2024-02-29 00:00:00z'),
);

export const exactEventTexts = eventTexts(exact);
export const hostileEventTexts = eventTexts(hostile);

type Leaves = { [leaf in keyof typeof exact]: fc.Arbitrary<string> };
type Members = readonly (readonly [string, string])[];

function eventTexts(leaves: Leaves): fc.Arbitrary<string> {
  const { value, object } = jsonTexts(leaves);
  const documented = fc.constantFrom('actor', 'resource', 'details', 'context');
  return fc
    .record({
      properties: fc.array(fc.tuple(leaves.name, value), { maxLength: 8 }),
      objects: fc.array(fc.tuple(documented, object), { maxLength: 4 }),
      gid: exact.string.filter((text) => text !== ''),
      createdAt: times,
    })
    .map(({ properties, objects, gid, createdAt }) =>
      // Of two properties with one name the last counts, so that gid and created_at are always the valid ones.
      objectText([
        ...properties,
        ...objects,
        ['gid', JSON.stringify(gid)],
        ['created_at', JSON.stringify(createdAt)],
      ]),
    );
}

function jsonTexts({ name, string, number }: Leaves) {
  return fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom('null', 'true', 'false'),
      string.map((text) => JSON.stringify(text)),
      number,
      tie('array'),
      tie('object'),
    ),
    array: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map(objectText),
  }));
}

function objectText(members: Members): string {
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${member}`).join(',')}}`;
}
