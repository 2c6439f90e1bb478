/** Some of the bytes of a memory. A buffer for each record would be another hundred bytes on the heap, and many wait for their turn. */
export interface ByteRange {
  readonly memory: Buffer;
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

export const rangeOf = (memory: Buffer): ByteRange => ({ memory, start: 0, end: memory.length });

export const bytesIn = ({ memory, start, end }: ByteRange): Buffer => memory.subarray(start, end);

export const sizeOf = (range: ByteRange | null): number => (range === null ? 0 : range.end - range.start);
