import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** kafkajs brings gzip only; Node itself has zstd. */
export const zstdCodec = {
  compress: (encoder: { buffer: Buffer }): Promise<Buffer> => compress(encoder.buffer),
  decompress: (buffer: Buffer): Promise<Buffer> => decompress(buffer),
};
