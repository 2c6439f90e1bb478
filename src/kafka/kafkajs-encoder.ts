/**
 * kafkajs's encoder of requests, taught to hold what is large until somebody asks for the bytes. It copies a batch of records five
 * times on its way into a request, each time into fresh memory of up to twice its size (docs/adr/0005-record-batches.md).
 */

import { createRequire } from 'node:module';

/** As far as this file reads and writes one. */
interface Encoder {
  buf: Buffer;
  /** Where the next byte goes in `buf`. */
  offset: number;
  /** What comes before `buf`: ours. */
  held?: Held | undefined;
}

interface Held {
  readonly parts: readonly Buffer[];
  readonly sizeBytes: number;
}

/** Smaller ones are copied: that costs less than to keep account of them. */
const LARGE_BYTES = 16 * 1024;
const FRESH_BYTES = 512;

/** Changes kafkajs's own, of which there is one in a process; doing it again changes nothing. */
export function holdLargeBuffers(): void {
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/protocol/encoder.js');
  if (Object.hasOwn(prototype, 'held')) return;
  const { writeBufferInternal: copy, writeEncoder } = prototype;
  Object.defineProperties(prototype, {
    held: { value: undefined, writable: true },
    writeBufferInternal: {
      value(this: Encoder, buffer: Buffer) {
        if (buffer.length < LARGE_BYTES) copy.call(this, buffer);
        else hold(this, [buffer]);
      },
    },
    writeEncoder: {
      value(this: Encoder, other: Encoder) {
        if (other?.held === undefined) return writeEncoder.call(this, other);
        hold(this, [...other.held.parts, written(other)]);
        return this;
      },
    },
    writeEncoderArray: {
      value(this: Encoder & { writeEncoder(other: Encoder): void }, others: readonly Encoder[]) {
        for (const other of others) this.writeEncoder(other);
        return this;
      },
    },
    buffer: {
      get(this: Encoder): Buffer {
        join(this);
        return written(this);
      },
    },
    size: {
      value(this: Encoder): number {
        return (this.held?.sizeBytes ?? 0) + this.offset;
      },
    },
  });
}

const written = ({ buf, offset }: Encoder): Buffer => buf.subarray(0, offset);

function hold(encoder: Encoder, more: readonly Buffer[]): void {
  const { held } = encoder;
  const parts = [written(encoder), ...more];
  const sizeBytes = parts.reduce((sum, { length }) => sum + length, held?.sizeBytes ?? 0);
  encoder.held = { parts: [...(held?.parts ?? []), ...parts], sizeBytes };
  encoder.buf = Buffer.alloc(FRESH_BYTES);
  encoder.offset = 0;
}

/** The only copy. Afterwards the encoder is as kafkajs knows it. */
function join(encoder: Encoder): void {
  if (encoder.held === undefined) return;
  encoder.buf = Buffer.concat([...encoder.held.parts, written(encoder)]);
  encoder.offset = encoder.buf.length;
  encoder.held = undefined;
}
