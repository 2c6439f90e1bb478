import { createSecretKey } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseJson } from '../../src/json.ts';
import { readHashKey } from '../../src/privacy/hash-key.ts';
import { hashWith } from '../../src/privacy/hash-value.ts';

const KEY = 'k'.repeat(32);
const keyOf = (text: string) => createSecretKey(Buffer.from(text));
const hash = hashWith(keyOf(KEY));

test('a string is hashed as RFC 4231 does it, so that anybody with the key gets the same', () => {
  expect(hashWith(keyOf('Jefe'))('what do ya want for nothing?')).toBe(
    'hmac-sha256:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('an id has one hash as a number and as a string; the order of properties makes no difference', () => {
  expect(hash(7)).toBe(hash('7'));
  expect(hash(parseJson('12345678901234567890'))).toBe(hash('12345678901234567890'));
  expect(hash({ a: 1, b: [true] })).toBe(hash({ b: [true], a: 1 }));
});

test('other values and other keys have other hashes; null stays null', () => {
  expect(new Set([hash('a'), hash('A'), hash(''), hash([]), hash({}), hash(false)]).size).toBe(6);
  expect(hashWith(keyOf('j'.repeat(32)))('a')).not.toBe(hash('a'));
  expect(hash(null)).toBeNull();
});

test('the key of a file is its one line; what is none, or short, is refused without being shown', () => {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  const file = join(folder, 'key');
  const fileWith = (text: string) => {
    writeFileSync(file, text, { mode: 0o600 });
    return { file };
  };
  expect(
    readHashKey(fileWith(`${KEY}\n`))
      .export()
      .toString(),
  ).toBe(KEY);
  for (const text of ['', KEY.slice(1), `${KEY} ${KEY}`, `${KEY}\n${KEY}`]) {
    const refusal = expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.not.stringContaining('kkk'),
    });
    expect(() => readHashKey(fileWith(text))).toThrow(refusal);
  }
  chmodSync(file, 0o644);
  expect(() => readHashKey(fileWith(KEY))).toThrow(`everybody on this machine can read ${file}`);
  expect(() => readHashKey({ file: join(folder, 'none') })).toThrow(/FIELDS_HASH_KEY_FILE .*ENOENT/);
});
