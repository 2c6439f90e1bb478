/**
 * A record batch, with the bytes that kafkajs gives it. Its own encoder takes half a kilobyte of fresh memory and a dozen small buffers a
 * record, and was the largest part of the time of an event (docs/adr/0005-record-batches.md).
 */

import { type ByteRange, copyBytes, sizeOf } from '../byte-range.ts';
import { utf8Bytes, writeUtf8 } from '../utf8.ts';
import type { OutgoingRecord } from './client.ts';
import { crc32c } from './crc32c.ts';

export interface BatchToEncode {
  /** At least one, in milliseconds of any order. */
  readonly records: readonly OutgoingRecord[];
  readonly compression: number;
  /** As kafkajs has it: a number of 64 bits. */
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
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

const COMPRESSION_MASK = 0x07;
const TRANSACTIONAL = 0x10;
const MAGIC = 2;
const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
/** What the length and the checksum do not cover. */
const BEFORE_LENGTH_BYTES = 12;

/** A batch of format 2. Source: Kafka's protocol guide, "Record Batch". */
export async function encodeBatch(batch: BatchToEncode, codecs: Codecs): Promise<EncodedBatch> {
  const times = timesOf(batch.records);
  const compression = batch.compression & COMPRESSION_MASK;
  let buffer = encodeRecords(batch.records, times);
  if (compression !== 0) {
    const codec = codecs[compression];
    if (codec === undefined) throw new RangeError(`there is no codec ${compression}`);
    const records = await codec().compress({ buffer: buffer.subarray(HEADER_BYTES) });
    buffer = Buffer.concat([buffer.subarray(0, HEADER_BYTES), records]);
  }
  writeHeader(buffer, batch, times, compression | (batch.transactional ? TRANSACTIONAL : 0));
  return { buf: buffer, buffer, size: () => buffer.length };
}

/** Epoch milliseconds. */
interface Times {
  readonly firstMs: number;
  readonly lastMs: number;
}

function timesOf(records: readonly OutgoingRecord[]): Times {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { timestampMs } of records) {
    firstMs = Math.min(firstMs, timestampMs);
    lastMs = Math.max(lastMs, timestampMs);
  }
  return { firstMs, lastMs };
}

function writeHeader(buffer: Buffer, batch: BatchToEncode, times: Times, attributes: number): void {
  // First the base offset and the leader's epoch, which the broker fills in.
  buffer.fill(0, 0, MAGIC_AT);
  buffer.writeInt32BE(buffer.length - BEFORE_LENGTH_BYTES, LENGTH_AT);
  buffer[MAGIC_AT] = MAGIC;
  let at = buffer.writeInt16BE(attributes, ATTRIBUTES_AT);
  at = buffer.writeInt32BE(batch.records.length - 1, at);
  at = buffer.writeBigInt64BE(BigInt(times.firstMs), at);
  at = buffer.writeBigInt64BE(BigInt(times.lastMs), at);
  at = buffer.writeBigInt64BE(BigInt(batch.producerId), at);
  at = buffer.writeInt16BE(batch.producerEpoch, at);
  at = buffer.writeInt32BE(batch.firstSequence, at);
  buffer.writeInt32BE(batch.records.length, at);
  buffer.writeUInt32BE(crc32c(buffer.subarray(ATTRIBUTES_AT)), CRC_AT);
}

/** The records, with room for the header before them. */
function encodeRecords(records: readonly OutgoingRecord[], { firstMs }: Times): Buffer {
  const sizes = records.map((record, index) => sizeOfRecord(record, index, firstMs));
  let sizeBytes = HEADER_BYTES;
  for (const size of sizes) sizeBytes += sizeOfVarint(size) + size;
  const buffer = Buffer.allocUnsafeSlow(sizeBytes);
  let at = HEADER_BYTES;
  records.forEach((record, index) => {
    at = writeVarint(buffer, at, sizes[index] ?? 0);
    at = writeRecord(buffer, at, record, index, firstMs);
  });
  return buffer;
}

const sizeOfRecord = (
  { timestampMs, key, value, headers }: OutgoingRecord,
  index: number,
  firstMs: number,
): number =>
  1 +
  sizeOfVarint(timestampMs - firstMs) +
  sizeOfVarint(index) +
  sizeOfText(key) +
  sizeOfBytes(value) +
  sizeOfHeaders(headers);

function writeRecord(
  buffer: Buffer,
  offset: number,
  { timestampMs, key, value, headers }: OutgoingRecord,
  index: number,
  firstMs: number,
): number {
  let at = offset;
  // No attribute of a record is in use.
  buffer[at++] = 0;
  at = writeVarint(buffer, at, timestampMs - firstMs);
  at = writeVarint(buffer, at, index);
  at = writeText(buffer, at, key);
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

const NULL_LENGTH = -1;

const sizeOfBytes = (bytes: ByteRange | null): number =>
  bytes === null ? sizeOfVarint(NULL_LENGTH) : sizeOfVarint(sizeOf(bytes)) + sizeOf(bytes);

function writeBytes(buffer: Buffer, offset: number, bytes: ByteRange | null): number {
  if (bytes === null) return writeVarint(buffer, offset, NULL_LENGTH);
  return copyBytes(bytes, buffer, writeVarint(buffer, offset, sizeOf(bytes)));
}

// Nearly no record has any, and objects and lists for none were a tenth of all memory that an event took.
const NO_HEADERS_BYTES = 1;

function sizeOfHeaders(headers: OutgoingRecord['headers']): number {
  if (headers === undefined) return NO_HEADERS_BYTES;
  const names = Object.keys(headers);
  let sizeBytes = sizeOfVarint(names.length);
  for (const name of names) sizeBytes += sizeOfText(name) + sizeOfText(headers[name] ?? '');
  return sizeBytes;
}

function writeHeaders(buffer: Buffer, offset: number, headers: OutgoingRecord['headers']): number {
  if (headers === undefined) return writeVarint(buffer, offset, 0);
  const names = Object.keys(headers);
  let at = writeVarint(buffer, offset, names.length);
  for (const name of names) at = writeText(buffer, writeText(buffer, at, name), headers[name] ?? '');
  return at;
}

function sizeOfText(text: string | null): number {
  if (text === null) return sizeOfVarint(NULL_LENGTH);
  const sizeBytes = utf8Bytes(text);
  return sizeOfVarint(sizeBytes) + sizeBytes;
}

function writeText(buffer: Buffer, offset: number, text: string | null): number {
  if (text === null) return writeVarint(buffer, offset, NULL_LENGTH);
  return writeUtf8(buffer, writeVarint(buffer, offset, utf8Bytes(text)), text);
}
