/** CRC-32C (Castagnoli), sixteen bytes a step, as the "slicing by 8" of Kounavis and Berry (2008) takes eight. Node's zlib has another CRC-32. */

const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;
const BYTES = 256;

/** `TABLE[256 * k + byte]` is the checksum of the byte with k zero bytes behind it. */
const TABLE = createTable();

function createTable(): Int32Array {
  const table = new Int32Array(SLICES * BYTES);
  for (let byte = 0; byte < BYTES; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = BYTES; at < table.length; at++) {
    const before = look(table, at - BYTES);
    table[at] = (before >>> 8) ^ look(table, before & 0xff);
  }
  return table;
}

/** The index is always within. */
function look(table: Int32Array, at: number): number {
  return table[at] as number;
}

/** As an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  const table = TABLE;
  const { length } = bytes;
  const words = new DataView(bytes.buffer, bytes.byteOffset, length);
  let crc = -1;
  let at = 0;
  for (const last = length - SLICES; at <= last; at += SLICES) {
    crc =
      lookWord(table, 3072, crc ^ words.getInt32(at, true)) ^
      lookWord(table, 2048, words.getInt32(at + 4, true)) ^
      lookWord(table, 1024, words.getInt32(at + 8, true)) ^
      lookWord(table, 0, words.getInt32(at + 12, true));
  }
  for (; at < length; at++) crc = look(table, (crc ^ (bytes[at] as number)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The share of four bytes, little-endian, in the checksum: the table of the last one begins at `from`, that of the first at `from + 768`. */
function lookWord(table: Int32Array, from: number, bytes: number): number {
  return (
    look(table, from + 768 + (bytes & 0xff)) ^
    look(table, from + 512 + ((bytes >>> 8) & 0xff)) ^
    look(table, from + 256 + ((bytes >>> 16) & 0xff)) ^
    look(table, from + (bytes >>> 24))
  );
}
