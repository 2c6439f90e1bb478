import type { OutgoingRecord, Transaction } from '../../src/kafka/client.ts';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import type { Destination } from '../../src/stream/committer.ts';
import { emptyBooks } from '../../src/stream/cursor.ts';

export const EVENTS = 'events';

/** Where a stream of one partition puts things. */
export const aDestination = (parts: Partial<Destination> = {}): Destination => ({
  workspaceGid: '111',
  filters: '',
  keys: stateKeys('name', '111'),
  state: {
    topic: 'state',
    maxMessageBytes: 10_000_000,
    partition: 0,
    partitions: 1,
    sessionKey: 's',
    cursorKey: 'c',
  },
  books: emptyBooks(EVENTS),
  events: { topic: EVENTS, maxMessageBytes: 1_000_000, partitions: 1 },
  deadLetters: { topic: 'events.dead-letters', maxMessageBytes: 1_000_000 },
  sweeps: { lookbackMs: 45 * 60_000, intervalMs: 15 * 60_000 },
  ...parts,
});

/** A transaction that everything goes into; `published` gets the keys of what is sent to the events topic. */
export const recordingTo = (published: string[]): Transaction => ({
  send: async (topic: string, partition: number, records: readonly OutgoingRecord[]) => {
    const baseOffset = published.length;
    if (topic === EVENTS) published.push(...records.map(({ key }) => String(key)));
    return [{ topic, partition, errorCode: 0, baseOffset }];
  },
  commit: async () => {},
  abort: async () => {},
});
