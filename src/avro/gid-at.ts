import { HEADER_BYTES } from './wire-format.ts';

const MORE = 0x80;

/** The gid of the framed record of ours that begins at `start`: the first of its fields. */
export function gidAt(memory: Buffer, start: number): string {
  let at = start + HEADER_BYTES;
  let length = 0;
  for (let scale = 0.5; ; scale *= MORE) {
    const byte = memory[at++] ?? 0;
    length += (byte % MORE) * scale;
    if (byte < MORE) return memory.toString('utf8', at, at + length);
  }
}
