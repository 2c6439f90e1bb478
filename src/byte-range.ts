/** Some of the bytes of a memory. A buffer for each record would be another hundred bytes on the heap, and many wait for their turn. */
export interface ByteRange {
  readonly memory: Buffer;
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

export const rangeOf = (memory: Buffer): ByteRange => ({ memory, start: 0, end: memory.length });

/** Throws where the range is not within its memory any more. */
export function bytesIn(range: ByteRange): Buffer {
  refuseBeyondMemory(range);
  return range.memory.subarray(range.start, range.end);
}

/** Behind the bytes, copied to `at`, where there must be room for them. Throws as {@link bytesIn} does. */
export function copyBytes(range: ByteRange, target: Buffer, at: number): number {
  refuseBeyondMemory(range);
  return at + range.memory.copy(target, at, range.start, range.end);
}

/** They would be cut short silently; and what was in a target before would be sent, with a checksum that is right. */
function refuseBeyondMemory({ memory, end }: ByteRange): void {
  if (end > memory.length) throw new RangeError(`bytes up to ${end}, of a memory of ${memory.length}`);
}

export const sizeOf = (range: ByteRange | null): number => (range === null ? 0 : range.end - range.start);

/**
 * Gives back what the bytes are in, where it is all theirs: they are none from now on. To the collector a page is a hundred bytes, and it
 * would let dozens of megabytes wait.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength)
    buffer.transfer(0);
}
