import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdLargeBuffers } from '../../src/kafka/kafkajs-encoder.ts';

interface Encoder {
  readonly buffer: Buffer;
  size(): number;
  writeInt32(value: number): Encoder;
  writeString(value: string): Encoder;
  writeBytes(value: Buffer): Encoder;
  writeBuffer(value: Buffer): Encoder;
  writeEncoder(value: Encoder): Encoder;
  writeArray(value: Encoder[]): Encoder;
}

const require = createRequire(import.meta.url);
const ENCODER = 'kafkajs/src/protocol/encoder.js';
const Theirs: new () => Encoder = require(ENCODER);
// Another of the same, so that theirs stays as it is.
delete require.cache[require.resolve(ENCODER)];
holdLargeBuffers();
const Ours: new () => Encoder = require(ENCODER);

/** What is written, one after the other; an array is an encoder of its own. */
type Part = number | string | Buffer | Part[];
const { parts } = fc.letrec<{ part: Part; parts: Part[] }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.string({ maxLength: 700 }),
    fc.constantFrom(0, 1, 600, 16_383, 16_384, 70_000).map((length) => Buffer.alloc(length, length % 251)),
    tie('parts'),
  ),
  parts: fc.array(tie('part'), { maxLength: 6 }),
}));

function write(Encoder: new () => Encoder, all: readonly Part[]): Encoder {
  const encoder = new Encoder();
  for (const part of all) {
    if (typeof part === 'number') encoder.writeInt32(part);
    else if (typeof part === 'string') encoder.writeString(part);
    else if (Buffer.isBuffer(part)) encoder.writeBytes(part).writeBuffer(part);
    else encoder.writeEncoder(write(Encoder, part)).writeArray([write(Encoder, part)]);
  }
  return encoder;
}

test('a request has the bytes that kafkajs gives it, however large parts are nested', () => {
  fc.assert(
    fc.property(parts, parts, (before, behind) => {
      const [theirs, ours] = [write(Theirs, before), write(Ours, before)];
      expect(ours.size()).toBe(theirs.size());
      expect(ours.buffer.equals(theirs.buffer)).toBe(true);
      // It may be written to after its bytes were asked for.
      const more = (Encoder: new () => Encoder, to: Encoder) =>
        to.writeEncoder(write(Encoder, behind)).writeInt32(7);
      const [theirsNow, oursNow] = [more(Theirs, theirs), more(Ours, ours)];
      expect(oursNow.size()).toBe(theirsNow.size());
      expect(oursNow.buffer.equals(theirsNow.buffer)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('what is large is not copied from encoder to encoder', () => {
  const batch = Buffer.alloc(100_000, 1);
  const inner = new Ours().writeInt32(0).writeBuffer(batch);
  const outer = new Ours().writeArray([new Ours().writeEncoder(inner)]);
  batch.fill(2);
  expect(outer.buffer.at(-1)).toBe(2);
});

test('what is small is copied at once, as its memory may be written to again', () => {
  const text = Buffer.alloc(10, 1);
  const encoder = new Ours().writeBuffer(text);
  text.fill(2);
  expect(encoder.buffer.at(-1)).toBe(1);
});
