import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Bytes, writeUtf8 } from '../src/utf8.ts';

test('every text has the bytes that Buffer gives it, whatever its length', () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constant('\ud800'),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = Buffer.from(text);
      const memory = Buffer.alloc(bytes.length + 2);
      expect(utf8Bytes(text)).toBe(bytes.length);
      expect(writeUtf8(memory, 1, text)).toBe(1 + bytes.length);
      expect(memory).toEqual(Buffer.concat([Buffer.alloc(1), bytes, Buffer.alloc(1)]));
    }),
    { numRuns: 1_000 },
  );
});
