import type { FetchedMessage, FetchedPartition } from 'kafkajs/src/cluster/index.js';
import { describe, expect, test } from 'vitest';
import { committedRecords, isInVain } from '../../src/kafka/committed-records.ts';

const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

function message(
  offset: number,
  producerId: string,
  parts: Partial<FetchedMessage> = {},
  lastOffsetDelta = 0,
): FetchedMessage {
  return {
    offset: String(offset),
    timestamp: '1',
    key: Buffer.from(`k${offset}`),
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { firstOffset: String(offset), lastOffsetDelta, producerId, inTransaction: true },
    ...parts,
  };
}
const marker = (offset: number, producerId: string, key: Buffer) =>
  message(offset, producerId, { isControlRecord: true, key });
const fetched = (
  messages: FetchedMessage[],
  aborted: [string, number][] = [],
  lastStableOffset = 100,
): FetchedPartition => ({
  partition: 0,
  highWatermark: String(lastStableOffset),
  lastStableOffset: String(lastStableOffset),
  abortedTransactions: aborted.map(([producerId, firstOffset]) => ({
    producerId,
    firstOffset: String(firstOffset),
  })),
  messages,
});
const offsets = (partition: FetchedPartition, from = 0) =>
  committedRecords(partition, from).records.map(({ offset }) => offset);

describe('a read_committed reader', () => {
  test('sees committed records and no markers', () => {
    expect(offsets(fetched([message(0, '1'), message(1, '1'), marker(2, '1', COMMIT)]))).toEqual([0, 1]);
  });

  test('does not see an aborted transaction, and sees the same producer’s next one', () => {
    const log = [message(0, '1'), marker(1, '1', ABORT), message(2, '1'), marker(3, '1', COMMIT)];
    expect(offsets(fetched(log, [['1', 0]]))).toEqual([2]);
  });

  // kafkajs's own filter lets offset 5 through here.
  test('sees nothing of two aborted transactions that both began before the fetch', () => {
    const log = [message(5, '2'), message(6, '1'), marker(7, '1', ABORT), marker(8, '2', ABORT)];
    expect(
      offsets(
        fetched(log, [
          ['1', 1],
          ['2', 2],
        ]),
        5,
      ),
    ).toEqual([]);
  });

  // kafkajs's own filter takes this record for an abort marker.
  test('a record whose key looks like an abort marker is a record, and ends no transaction', () => {
    const log = [
      message(0, '1'),
      message(1, '1', { key: ABORT }),
      message(2, '1'),
      marker(3, '1', ABORT),
      message(4, '2', { key: ABORT }),
    ];
    expect(offsets(fetched(log, [['1', 0]]))).toEqual([4]);
  });

  test('does not see records of a batch that lie before where it asked', () => {
    expect(offsets(fetched([message(0, '1'), message(1, '1')]), 1)).toEqual([1]);
  });

  test('sees what is not transactional although its producer id aborted something', () => {
    const plain = message(1, '1');
    const log = [
      message(0, '1'),
      { ...plain, batchContext: { ...plain.batchContext, inTransaction: false } },
    ];
    expect(offsets(fetched(log, [['1', 0]]))).toEqual([1]);
  });
});

describe('a fetch was in vain', () => {
  const inVain = (messages: FetchedMessage[], highWatermark: number, lastStableOffset: number) =>
    isInVain({ ...fetched(messages, [], lastStableOffset), highWatermark: String(highWatermark) }, 4);

  test('where all that there is was held back', () => expect(inVain([], 6, 4)).toBe(true));
  test('where what is committed was not given', () => expect(inVain([], 6, 6)).toBe(true));
  test('not where there is nothing', () => expect(inVain([], 4, 4)).toBe(false));
  test('not where something was given', () => expect(inVain([message(4, '1')], 6, 5)).toBe(false));
});

describe('the next offset', () => {
  test('passes markers and aborted records', () => {
    expect(
      committedRecords(fetched([message(0, '1'), marker(1, '1', ABORT)], [['1', 0]]), 0).nextOffset,
    ).toBe(2);
  });

  test('passes the range of a batch whose last records compaction has removed', () => {
    expect(committedRecords(fetched([message(3, '1', {}, 6)]), 3).nextOffset).toBe(10);
  });

  test('steps through a batch that compaction has emptied', () => {
    expect(committedRecords(fetched([], [], 9), 4).nextOffset).toBe(5);
  });

  test('stays where there is nothing stable to read', () => {
    expect(committedRecords(fetched([], [], 4), 4).nextOffset).toBe(4);
  });
});
