import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { octetsOfEscapes } from '../../src/asana/octets-of-escapes.ts';

const MANY = 1_000;
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

describe('an escape beyond ASCII becomes the bytes of what it means', () => {
  test.each([
    ['"\\u00e9"', '"é"'],
    ['"\\u00E9\\u0080\\u07ff\\u0800\\uFFFF"', '"é\u0080\u07ff\u0800\uffff"'],
    ['"\\ud83d\\ude80 and \\u20ac"', '"🚀 and €"'],
    ['"\\u003c\\u00e9\\u003e"', '"\\u003cé\\u003e"'],
    ['{"\\u00e9":"\\\\\\u00e9"}', '{"é":"\\\\é"}'],
  ])('%s', (json, meant) => {
    expect(octetsOfEscapes(json, MANY)).toBe(latin1(meant));
  });

  test('whatever the texts are', () => {
    const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const json = JSON.stringify(text);
        expect(octetsOfEscapes(json.replaceAll(/[^\0-\x7f]/g, escaped), MANY)).toBe(latin1(json));
      }),
    );
  });
});

test.each([
  ['what means ASCII', '"\\u0041\\u007f\\u0000"'],
  ['an escaped backslash with a u behind it', '"\\\\u00e9 \\\\\\\\u00e9"'],
  ['what is cut off', '"\\u00e'],
  ['what is no number', '"\\u00g9 \\u00G9 \\u00/9 \\u00:9 \\u00@9 \\u00`9 \\u 0e9 \\u00e \\U00e9"'],
  ['nothing at all', ''],
])('%s is left as it is', (_what, json) => {
  expect(octetsOfEscapes(json, MANY)).toBe(json);
});

test.each(['"\\ud83d"', '"\\ude80\\ud83d"', '"\\ud83dx\\ude80"', '"\\ud83d\\u0041"'])(
  'half a surrogate pair has no bytes: %s',
  (json) => {
    expect(octetsOfEscapes(json, MANY)).toBeUndefined();
  },
);

test('of more than are worth it, none is looked at', () => {
  expect(octetsOfEscapes('"\\u00e9 \\u003c \\ud83d\\ude80"', 3)).toBe(latin1('"é \\u003c 🚀"'));
  expect(octetsOfEscapes('"\\u00e9 \\u003c \\ud83d\\ude80"', 2)).toBeUndefined();
});
