/**
 * kafkajs's encoder of a record batch, replaced by one that writes the same bytes. Its own takes half a kilobyte of fresh memory
 * and a dozen small buffers a record, and was the largest part of the time of an event (docs/adr/0005-record-batches.md).
 */

import { createRequire } from 'node:module';
import { crc32c } from './crc32c.ts';

/** A message as kafkajs hands it to its encoder: the deltas are to the first record of the batch, in milliseconds and records. */
export interface RecordToEncode {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Headers;
}

type Headers = Readonly<Record<string, string>> | undefined;

/** A batch as kafkajs asks for it; numbers of 64 bits are texts. */
export interface BatchToEncode {
  readonly compression: number;
  readonly records: readonly RecordToEncode[];
  readonly firstTimestamp: string | number;
  readonly maxTimestamp: string | number;
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
  readonly lastOffsetDelta: number;
}

/** What kafkajs takes for one of its own encoders. */
export interface EncodedBatch {
  readonly buf: Buffer;
  readonly buffer: Buffer;
  size(): number;
}

/** By the number that the protocol gives to each compression, what makes its codec: kafkajs's `CompressionCodecs`. */
export type Codecs = Readonly<
  Record<number, () => { compress(records: { readonly buffer: Buffer }): Promise<Buffer> }>
>;

const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const RECORD_BATCH = 'kafkajs/src/protocol/recordBatch/v0/index.js';

/** Puts it in the place of kafkajs's; before the first record is produced, because kafkajs loads its own then. */
export function replaceRecordBatches(codecs: Codecs): void {
  const require = createRequire(import.meta.url);
  require(RECORD_BATCH).RecordBatch = (batch: BatchToEncode) => encodeBatch(batch, codecs);
  require(RECORD);
  const record = require.cache[require.resolve(RECORD)];
  if (record === undefined) throw new Error(`${RECORD} was loaded and is not in the cache`);
  // A record waits for its batch, which encodes all of them into one buffer.
  record.exports = (message: RecordToEncode) => message;
}

const COMPRESSION_MASK = 0x07;
const TRANSACTIONAL = 0x10;
const MAGIC = 2;
const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
/** Keys are that short: one by one they are copied before the call that copies all has begun. */
const SHORT_BYTES = 24;
/** What the length and the checksum do not cover. */
const BEFORE_LENGTH_BYTES = 12;

/** A batch of format 2. Source: Kafka's protocol guide, "Record Batch". */
export async function encodeBatch(batch: BatchToEncode, codecs: Codecs): Promise<EncodedBatch> {
  const compression = batch.compression & COMPRESSION_MASK;
  let buffer = encodeRecords(batch.records);
  if (compression !== 0) {
    const codec = codecs[compression];
    if (codec === undefined) throw new RangeError(`there is no codec ${compression}`);
    const records = await codec().compress({ buffer: buffer.subarray(HEADER_BYTES) });
    buffer = Buffer.concat([buffer.subarray(0, HEADER_BYTES), records]);
  }
  writeHeader(buffer, batch, compression | (batch.transactional ? TRANSACTIONAL : 0));
  return { buf: buffer, buffer, size: () => buffer.length };
}

function writeHeader(buffer: Buffer, batch: BatchToEncode, attributes: number): void {
  // First the base offset and the leader's epoch, which the broker fills in.
  buffer.fill(0, 0, MAGIC_AT);
  buffer.writeInt32BE(buffer.length - BEFORE_LENGTH_BYTES, LENGTH_AT);
  buffer[MAGIC_AT] = MAGIC;
  let at = buffer.writeInt16BE(attributes, ATTRIBUTES_AT);
  at = buffer.writeInt32BE(batch.lastOffsetDelta, at);
  at = buffer.writeBigInt64BE(BigInt(batch.firstTimestamp), at);
  at = buffer.writeBigInt64BE(BigInt(batch.maxTimestamp), at);
  at = buffer.writeBigInt64BE(BigInt(batch.producerId), at);
  at = buffer.writeInt16BE(batch.producerEpoch, at);
  at = buffer.writeInt32BE(batch.firstSequence, at);
  buffer.writeInt32BE(batch.records.length, at);
  buffer.writeUInt32BE(crc32c(buffer.subarray(ATTRIBUTES_AT)), CRC_AT);
}

/** The records, with room for the header before them. */
function encodeRecords(records: readonly RecordToEncode[]): Buffer {
  const sizes = records.map(sizeOfRecord);
  let sizeBytes = HEADER_BYTES;
  for (const size of sizes) sizeBytes += sizeOfVarint(size) + size;
  const buffer = Buffer.allocUnsafeSlow(sizeBytes);
  let at = HEADER_BYTES;
  records.forEach((record, index) => {
    at = writeRecord(buffer, writeVarint(buffer, at, sizes[index] ?? 0), record);
  });
  return buffer;
}

const sizeOfRecord = ({ offsetDelta, timestampDelta, key, value, headers }: RecordToEncode): number =>
  1 +
  sizeOfVarint(timestampDelta) +
  sizeOfVarint(offsetDelta) +
  sizeOfBytes(key) +
  sizeOfBytes(value) +
  sizeOfHeaders(headers);

function writeRecord(buffer: Buffer, offset: number, record: RecordToEncode): number {
  const { offsetDelta, timestampDelta, key, value, headers } = record;
  let at = offset;
  // No attribute of a record is in use.
  buffer[at++] = 0;
  at = writeVarint(buffer, at, timestampDelta);
  at = writeVarint(buffer, at, offsetDelta);
  at = writeBytes(buffer, at, key);
  at = writeBytes(buffer, at, value);
  return writeHeaders(buffer, at, headers);
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
  if (bytes.length > SHORT_BYTES) buffer.set(bytes, at);
  else for (let index = 0; index < bytes.length; index++) buffer[at + index] = bytes[index] as number;
  return at + bytes.length;
}

// Nearly no record has any, and objects and lists for none were a tenth of all memory that an event took.
const NO_HEADERS_BYTES = 1;

function sizeOfHeaders(headers: Headers): number {
  if (headers === undefined) return NO_HEADERS_BYTES;
  const names = Object.keys(headers);
  let sizeBytes = sizeOfVarint(names.length);
  for (const name of names) sizeBytes += sizeOfText(name) + sizeOfText(headers[name] ?? '');
  return sizeBytes;
}

function writeHeaders(buffer: Buffer, offset: number, headers: Headers): number {
  if (headers === undefined) return writeVarint(buffer, offset, 0);
  const names = Object.keys(headers);
  let at = writeVarint(buffer, offset, names.length);
  for (const name of names) at = writeText(buffer, writeText(buffer, at, name), headers[name] ?? '');
  return at;
}

function sizeOfText(text: string): number {
  const sizeBytes = Buffer.byteLength(text);
  return sizeOfVarint(sizeBytes) + sizeBytes;
}

function writeText(buffer: Buffer, offset: number, text: string): number {
  const at = writeVarint(buffer, offset, Buffer.byteLength(text));
  return at + buffer.write(text, at);
}
