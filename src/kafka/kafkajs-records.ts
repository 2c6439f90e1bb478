/**
 * kafkajs's encoder of a record, replaced by one that writes the same bytes. Its own takes 512 bytes of fresh memory and a
 * dozen small buffers a record, and was the largest part of the time of an event (docs/adr/0005-record-encoder.md).
 */

import { createRequire } from 'node:module';

/** A message as kafkajs hands it to its encoder: the deltas are to the first record of the batch, in milliseconds and records. */
export interface RecordToEncode {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What kafkajs takes for one of its own encoders. */
export interface EncodedRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';

/** Puts the encoder in the place of kafkajs's; before the first record is produced, because kafkajs loads it then. */
export function replaceRecordEncoder(): void {
  const require = createRequire(import.meta.url);
  require(MODULE);
  const loaded = require.cache[require.resolve(MODULE)];
  if (loaded === undefined) throw new Error(`${MODULE} was loaded and is not in the cache`);
  loaded.exports = encodeRecord;
}

/** A record of a batch of format 2, length first. Source: Kafka's protocol guide, "Record". */
export function encodeRecord({
  offsetDelta,
  timestampDelta,
  key,
  value,
  headers = {},
}: RecordToEncode): EncodedRecord {
  const names = Object.keys(headers);
  let sizeBytes = 1 + sizeOfVarint(timestampDelta) + sizeOfVarint(offsetDelta);
  sizeBytes += sizeOfBytes(key) + sizeOfBytes(value) + sizeOfVarint(names.length);
  for (const name of names) sizeBytes += sizeOfText(name) + sizeOfText(headers[name] ?? '');
  // Of Node's pool, in which a small buffer costs no allocation.
  const buffer = Buffer.allocUnsafe(sizeOfVarint(sizeBytes) + sizeBytes);
  let at = writeVarint(buffer, 0, sizeBytes);
  // No attribute of a record is in use.
  buffer[at++] = 0;
  at = writeVarint(buffer, at, timestampDelta);
  at = writeVarint(buffer, at, offsetDelta);
  at = writeBytes(buffer, at, key);
  at = writeBytes(buffer, at, value);
  at = writeVarint(buffer, at, names.length);
  for (const name of names) at = writeText(buffer, writeText(buffer, at, name), headers[name] ?? '');
  return { buf: buffer, buffer };
}

// Zigzag, so that small negative numbers are short too. By multiplication: a delta of 80 days does not fit into 32 bits.
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function sizeOfVarint(value: number): number {
  let sizeBytes = 1;
  for (let rest = zigzag(value); rest >= 128; rest /= 128) sizeBytes++;
  return sizeBytes;
}

function writeVarint(buffer: Buffer, offset: number, value: number): number {
  let at = offset;
  let rest = zigzag(value);
  for (; rest >= 128; rest = Math.floor(rest / 128)) buffer[at++] = (rest & 127) | 128;
  buffer[at++] = rest;
  return at;
}

const sizeOfBytes = (bytes: Buffer | null): number =>
  bytes === null ? sizeOfVarint(-1) : sizeOfVarint(bytes.length) + bytes.length;

function writeBytes(buffer: Buffer, offset: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(buffer, offset, -1);
  const at = writeVarint(buffer, offset, bytes.length);
  buffer.set(bytes, at);
  return at + bytes.length;
}

function sizeOfText(text: string): number {
  const sizeBytes = Buffer.byteLength(text);
  return sizeOfVarint(sizeBytes) + sizeBytes;
}

function writeText(buffer: Buffer, offset: number, text: string): number {
  const at = writeVarint(buffer, offset, Buffer.byteLength(text));
  return at + buffer.write(text, at);
}
