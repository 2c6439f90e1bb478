import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, isRawJson, parseJson } from '../src/json.ts';

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength });
const numberText = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(digits(3), digits(25)).map((text) => text.replace(/^0+(?=.)/, '')),
    fraction: fc.oneof(
      fc.constant(''),
      digits(25).map((text) => `.${text}`),
    ),
    exponent: fc.oneof(
      { weight: 4, arbitrary: fc.constant('') },
      fc
        .tuple(fc.constantFrom('e', 'E', 'e+', 'e-', 'E-'), fc.integer({ min: 0, max: 400 }))
        .map((parts) => parts.join('')),
    ),
  })
  .map(({ sign, whole, fraction, exponent }) => sign + whole + fraction + exponent);

const space = fc.constantFrom('', ' ', '\n', '\t \r\n');
const stringText = fc.oneof(fc.string({ unit: 'binary' }), numberText).map((text) => JSON.stringify(text));
// Not an index: JavaScript moves those to the front, and the order of members means nothing.
const nameText = fc.string({ unit: 'binary' }).map((text) => JSON.stringify(`n${text}`));
const { document } = fc.letrec<{ document: string; value: string }>((tie) => ({
  document: fc.tuple(space, tie('value'), space).map((parts) => parts.join('')),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    numberText,
    stringText,
    fc.constantFrom('null', 'true', 'false'),
    fc.array(tie('document'), { maxLength: 4 }).map((items) => `[${items}]`),
    fc
      .uniqueArray(fc.tuple(nameText, tie('document')), { maxLength: 4, selector: ([name]) => name })
      .map((members) => `{${members.map(([name, member]) => `${name}:${member}`)}}`),
  ),
}));

const NUMBER_OR_STRING = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Everything of a JSON text but spaces and the spelling of numbers, each as sign, integer and power of ten. */
function meaning(text: string): string {
  return text
    .replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) =>
      part.startsWith('"') ? JSON.stringify(JSON.parse(part)) : '',
    )
    .replace(NUMBER_OR_STRING, (token) => (token.startsWith('"') ? token : exactValue(token)));
}

function exactValue(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let integer = BigInt(`${whole.replace('-', '')}${fraction}`);
  let power = Number(exponent) - fraction.length;
  while (integer !== 0n && integer % 10n === 0n) {
    integer /= 10n;
    power++;
  }
  return `<${whole.startsWith('-') ? '-' : '+'}${integer}^${integer === 0n ? 0 : power}>`;
}

test('any JSON text, parsed and printed again, means the same', () => {
  fc.assert(
    fc.property(document, (text) => {
      expect(meaning(JSON.stringify(parseJson(text)))).toBe(meaning(text));
    }),
    { numRuns: 3_000 },
  );
});

test('the value is what JSON.parse gives, but for numbers kept as text', () => {
  fc.assert(
    fc.property(document, (text) => {
      const withoutRaw = JSON.parse(JSON.stringify(parseJson(text)));
      expect(withoutRaw).toEqual(JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  '9007199254740993',
  '-12345678901234567890',
  '1e400',
  '-1E+400',
  '1e-400',
  '0.12345678901234567890',
  '-0',
  '-0.0',
  '123456789012345680000.5',
])('%s is kept as its text, wherever it stands', (number) => {
  for (const text of [number, `[${number}]`, `{"a":${number}}`, `{"a":[1, ${number} ,2]}`]) {
    expect(JSON.stringify(parseJson(text))).toBe(text.replaceAll(' ', ''));
  }
  expect(isRawJson(parseJson(number))).toBe(true);
});

test.each([
  ['0', 0],
  ['-1.50', -1.5],
  ['1e2', 100],
  ['9007199254740991', 9007199254740991],
  ['1201234567890123', 1201234567890123],
  ['0.1', 0.1],
  ['100000000000000000000', 1e20],
  ['1.7976931348623157e308', Number.MAX_VALUE],
  ['5e-324', Number.MIN_VALUE],
])('%s stays a number', (text, value) => {
  expect(parseJson(text)).toBe(value);
});

test('of two members with one name the last counts, kept text or not', () => {
  expect(JSON.stringify(parseJson('{"a":9007199254740993,"a":1}'))).toBe('{"a":1}');
  expect(JSON.stringify(parseJson('{"a":1,"a":9007199254740993}'))).toBe('{"a":9007199254740993}');
});

test('a member called __proto__ is a member', () => {
  const value = parseJson('{"__proto__":{"n":9007199254740993}}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"n":9007199254740993}}');
});

test('a kept number is no object, and neither are null and arrays', () => {
  expect([parseJson('1e400'), null, [], parseJson('{}')].map(isJsonObject)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

test.each(['', '{', '[1,]', '01', '9007199254740993x', '"\u0000"', 'NaN'])(
  '%j is not JSON: a SyntaxError',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);

describe('numbers are put in quotes to be read', () => {
  const BIG = '12345678901234567890';

  test.each([
    ['within a text', `{"a":"x: ${BIG} ,","b":${BIG}}`],
    ['within a text that quotes JSON', `{"a":"{\\"n\\":${BIG}}","b":${BIG}}`],
    ['beside one that is exact', `{"a":1e2,"b":${BIG},"c":[${BIG},-0,0.5]}`],
    ['beside a text that looks like one in quotes', `{"a":"\x7f7","b":${BIG}}`],
    ['beside such a text in other letters', `{"a":"\\u007f${BIG}","b":${BIG}}`],
    ['beside such a text in capital letters', `{"a":"\\u007F7","b":${BIG}}`],
    ['among more than a few', `{"a":[${Array(3_000).fill(BIG)}],"b":"${',-0'.repeat(5_000)}"}`],
    ['below many others', `${'['.repeat(500)}${BIG}${']'.repeat(500)}`],
  ])('and nothing else changes: %s', (_where, text) => {
    expect(meaning(JSON.stringify(parseJson(text)))).toBe(meaning(text));
  });

  test.each([
    ['in the place of a name', `{"a":1,${BIG}:2}`],
    ['in the place of a name, beside a text that looks like one', `{"a":1,${BIG}:2,"b":"\x7f7"}`],
    ['with a zero before it', `{"a":0${BIG}}`],
    ['with two points', `{"a":${BIG}.1.2}`],
    ['that goes on as a word', `{"a":${BIG}n}`],
    ['without an end', `{"a":${BIG}`],
  ])('and what was no JSON is none: one %s', (_what, text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  test.each(['\x7f7', '\\u007f7', '\\u007F7'])(
    'and one with a namesake is not made up for by a text like %j',
    (text) => {
      expect(parseJson(`{"a":${BIG},"a":1,"b":"${text}"}`)).toEqual({ a: 1, b: '\x7f7' });
    },
  );

  test('and what is nested too deeply for the stack is told as such', () => {
    expect(() => parseJson(`${'['.repeat(1e5)}${BIG}${']'.repeat(1e5)}`)).toThrow(RangeError);
  });
});
