/** Confluent's framing of a record: a zero byte, the schema id as a big-endian int32, the Avro encoding. */

export const HEADER_BYTES = 5;
const MAGIC_BYTE = 0;

export function writeHeader(buffer: Buffer, offset: number, schemaId: number): void {
  buffer[offset] = MAGIC_BYTE;
  buffer.writeInt32BE(schemaId, offset + 1);
}

/** The schema id of a framed record; undefined where the bytes are not framed so. */
export function readSchemaId(framed: Buffer): number | undefined {
  if (framed.length < HEADER_BYTES || framed[0] !== MAGIC_BYTE) return undefined;
  return framed.readInt32BE(1);
}
