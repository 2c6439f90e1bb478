import { expect, test } from 'vitest';
import type { FetchedBatch, KafkaClient } from '../../src/kafka/client.ts';
import { encodeCursor } from '../../src/stream/cursor-record.ts';
import { readLedger } from '../../src/verify/ledger.ts';
import { aCursor } from '../stream/a-cursor.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = new AbortController().signal;
const CURSOR = {
  offset: 0,
  key: Buffer.from('c/1/cursor'),
  value: encodeCursor(aCursor({ eventsTopic: 'events', ends: new Map([[1, 20]]) })),
  timestampMs: 0,
  headers: {},
};
const batch = (highWatermark: number, records: FetchedBatch['records'] = []): FetchedBatch => ({
  records,
  nextOffset: highWatermark,
  lastStableOffset: highWatermark,
  highWatermark,
});

/** Of a state that claims 20 offsets of `events-1`, and a topic that ends where `endAt` says. */
function ledgerOf(partitions: number | undefined, endAt: (nowMs: number) => number) {
  const clock = new FakeClock();
  const kafka: Partial<KafkaClient> = {
    describeTopic: async (name) => {
      const count = name === 'state' ? 1 : partitions;
      return count === undefined
        ? undefined
        : { partitions: count, replicationFactor: 1, settings: new Map() };
    },
    async *fetchCommitted(topic, _partition, _from, signal) {
      if (topic === 'state') yield batch(1, [CURSOR]);
      for (let answers = 0; answers < 1_000; answers++) {
        yield batch(endAt(clock.monotonicMs()));
        await clock.sleep(500, signal);
      }
      throw new Error('it reads on without end');
    },
  };
  const request = {
    connectorName: 'c',
    workspaceGid: '1',
    stateTopic: 'state',
    clock,
    onWait: () => undefined,
    onProgress: () => undefined,
  };
  const decode = () => Promise.reject(new Error('there is no record'));
  return clock.runUntilSettled(readLedger(kafka as KafkaClient, request, decode, never));
}

// `verify --ledger` hung for ever.
test.each<[string, number | undefined, RegExp]>([
  [
    'was made anew, and ends before what the state claims',
    2,
    /^events-1 ends at offset 7, but .* up to 20 were committed/,
  ],
  ['was made anew with fewer partitions', 1, /^events-1 does not exist, but .* up to 20 /],
  ['is gone', undefined, /^events-1 does not exist, but .* up to 20 /],
])('a topic that %s is lost, and the error says where', async (_what, partitions, message) => {
  await expect(ledgerOf(partitions, () => 7)).rejects.toMatchObject({
    code: 'TOPIC_LOST',
    message: expect.stringMatching(message),
  });
});

test('a leader that does not know yet how far its followers are is waited for', async () => {
  const ledger = await ledgerOf(2, (nowMs) => (nowMs < 3_000 ? 7 : 20));
  expect(ledger.claimed).toEqual(ledger.found);
});
