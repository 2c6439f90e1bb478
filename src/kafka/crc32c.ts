/** CRC-32C (Castagnoli), eight bytes a step ("slicing by 8", Kounavis and Berry, 2008). Node's zlib has another CRC-32. */

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
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
  let crc = -1;
  let at = 0;
  for (const last = length - SLICES; at <= last; at += SLICES) {
    const low = crc ^ word(bytes, at);
    const high = word(bytes, at + 4);
    crc =
      look(table, 1792 + (low & 0xff)) ^
      look(table, 1536 + ((low >>> 8) & 0xff)) ^
      look(table, 1280 + ((low >>> 16) & 0xff)) ^
      look(table, 1024 + (low >>> 24)) ^
      look(table, 768 + (high & 0xff)) ^
      look(table, 512 + ((high >>> 8) & 0xff)) ^
      look(table, 256 + ((high >>> 16) & 0xff)) ^
      look(table, high >>> 24);
  }
  for (; at < length; at++) crc = look(table, (crc ^ (bytes[at] as number)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Four bytes, the first the lowest. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
