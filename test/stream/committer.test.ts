import { expect, test } from 'vitest';
import { HEADER_BYTES } from '../../src/avro/wire-format.ts';
import type { Transaction } from '../../src/kafka/client.ts';
import { watchStream } from '../../src/observe/stream-watch.ts';
import { Committer } from '../../src/stream/committer.ts';
import type { StreamEvent } from '../../src/stream/events.ts';
import { watched } from '../observe/watched.ts';
import { aDestination, recordingTo } from './a-destination.ts';
import { aPage } from './a-page.ts';

type Transact = (work: (tx: Transaction) => Promise<void>) => Promise<void>;

function committing(transact: Transact): Committer {
  const { clock, metrics, log } = watched();
  return new Committer(undefined, aDestination(), {
    session: { transact },
    schemaId: 1,
    clock,
    observer: watchStream('111', metrics, log, clock),
    readBack: async () => [],
  });
}

/** Two events whose values share a memory, as those of a page do. */
function eventsIn(memory: Buffer, ...ids: string[]): StreamEvent[] {
  return ids.map((id, at) => ({
    id,
    createdAtMs: at,
    isDated: true,
    value: { memory, start: at * HEADER_BYTES, end: (at + 1) * HEADER_BYTES },
    unmappable: undefined,
  }));
}

const memories = () => [1, 2].map(() => Buffer.allocUnsafeSlow(2 * HEADER_BYTES)) as [Buffer, Buffer];

test('the memory of pages is given back once they are committed, and not before', async () => {
  const [first, second] = memories();
  const published: string[] = [];
  const sizesInside: number[] = [];
  const committer = committing(async (work) => {
    await work(recordingTo(published));
    sizesInside.push(first.length, second.length);
  });

  await committer.commit([
    aPage({ events: eventsIn(first, 'a', 'b') }),
    aPage({ events: eventsIn(second, 'c', 'd') }),
  ]);

  expect(published).toEqual(['a', 'b', 'c', 'd']);
  expect(sizesInside).toEqual([2 * HEADER_BYTES, 2 * HEADER_BYTES]);
  expect([first.length, second.length]).toEqual([0, 0]);
});

test('the memory of pages whose transaction fails is kept: whoever still reads it reads what was there', async () => {
  const [memory] = memories();
  const committer = committing(() => Promise.reject(new Error('fenced')));
  await expect(committer.commit([aPage({ events: eventsIn(memory, 'a', 'b') })])).rejects.toThrow('fenced');
  expect(memory).toHaveLength(2 * HEADER_BYTES);
});
