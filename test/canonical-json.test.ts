import { expect, test } from 'vitest';
import { canonicalJson } from '../src/canonical-json.ts';
import { parseJson } from '../src/json.ts';

test('keys are sorted by UTF-16 code units at every level, arrays keep their order', () => {
  const text = '{"b":[{"z":1,"a":2},[3,1]],"a":{"é":0,"Z":1,"\\ud83d\\ude00":2,"\\uff5e":3}}';
  expect(canonicalJson(JSON.parse(text))).toBe('{"a":{"Z":1,"é":0,"😀":2,"～":3},"b":[{"a":2,"z":1},[3,1]]}');
});

test('two key orders of one value have one text', () => {
  expect(canonicalJson(parseJson('{"x":{"p":null,"q":""},"w":true}'))).toBe(
    canonicalJson(parseJson('{ "w": true, "x": {"q": "", "p": null} }')),
  );
});

test('a number that a double cannot hold keeps its text', () => {
  expect(canonicalJson(parseJson('{"n":[12345678901234567890,-0,1e400]}'))).toBe(
    '{"n":[12345678901234567890,-0,1e400]}',
  );
});

test('null, empty string, empty object and absent are four different things', () => {
  const texts = ['{"a":null}', '{"a":""}', '{"a":{}}', '{}'].map((text) => canonicalJson(parseJson(text)));
  expect(new Set(texts).size).toBe(4);
});

test('a key called __proto__ is a key', () => {
  expect(canonicalJson(parseJson('{"b":1,"__proto__":{"c":2}}'))).toBe('{"__proto__":{"c":2},"b":1}');
});

test('quotes, control characters and lone surrogates are escaped as JSON.stringify does', () => {
  const value = { a: '"\\\n\u0001\ud800' };
  expect(canonicalJson(value)).toBe(JSON.stringify(value));
});

test('an event nested deeper than any stack is printed, and so is one that is wide', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect(canonicalJson(JSON.parse(deep))).toBe(deep);
  const wide = JSON.stringify(Array.from({ length: 200_000 }, (_, i) => i));
  expect(canonicalJson(JSON.parse(wide))).toBe(wide);
});
