import { expect, test } from 'vitest';
import type { FetchedBatch, KafkaClient } from '../../src/kafka/client.ts';
import { readStreamState, readWrittenState } from '../../src/offsets/stream-state.ts';
import { encodeCursor } from '../../src/stream/cursor-record.ts';
import { aCursor } from '../stream/a-cursor.ts';
import { FakeClock } from '../support/fake-clock.ts';

const cursorAt = (offset: number) => ({
  offset,
  key: Buffer.from('c/1/cursor'),
  value: encodeCursor(aCursor({ watermarkMs: offset })),
  timestampMs: 0,
  headers: {},
});

/** The stream's cursor has been committed at 0, and at 2 behind a neighbour's open transaction. */
const PINNED: readonly FetchedBatch[] = [
  { records: [cursorAt(0)], nextOffset: 1, lastStableOffset: 1, highWatermark: 4 },
  { records: [cursorAt(2)], nextOffset: 4, lastStableOffset: 4, highWatermark: 4 },
];
const kafka: Partial<KafkaClient> = {
  describeTopic: async () => ({ partitions: 1, replicationFactor: 1, settings: new Map() }),
  async *fetchCommitted() {
    yield* PINNED;
  },
};
const topics = {
  eventsTopic: 'events',
  stateTopic: 'state',
  eventsPartitions: 1,
  statePartitions: 1,
  replicationFactor: 1,
  eventsRetentionMs: -1,
  allowShortRetention: false,
};

const stream = { connectorName: 'c', workspaceGid: '1', topics };
const never = new AbortController().signal;

test('who looks at a state is told at once what can be read', async () => {
  const { position } = await readStreamState(kafka as KafkaClient, stream, never);
  expect(position).toMatchObject({ watermarkMs: 0 });
});

test('who acts on a state waits for what was committed behind an open transaction', async () => {
  const waiting = { clock: new FakeClock(), onWait: () => undefined };
  const { position } = await readWrittenState(kafka as KafkaClient, stream, waiting, never);
  expect(position).toMatchObject({ watermarkMs: 2 });
});
