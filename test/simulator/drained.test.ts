import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { drained } from '../../simulator/drained.ts';

test.each(['drain', 'close'])(
  'waiting until more can be written ends with %s, and leaves no listener',
  async (event) => {
    const stream = new PassThrough();
    const before = [stream.listenerCount('drain'), stream.listenerCount('close')];

    const waiting = drained(stream);
    stream.emit(event);
    await waiting;

    expect([stream.listenerCount('drain'), stream.listenerCount('close')]).toEqual(before);
  },
);
