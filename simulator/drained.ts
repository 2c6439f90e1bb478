import type { Writable } from 'node:stream';

/** Resolves once more can be written, or nothing ever will be. Leaves no listener behind: Node warns of the eleventh. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
