import { describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/byte-range.ts';
import { ConnectorError } from '../../src/errors.ts';
import type { OutgoingRecord, SendMetadata, Transaction } from '../../src/kafka/client.ts';
import { chunks, type PlacedRecord, writeRecords } from '../../src/kafka/writer.ts';

const record = (key: string, partition = 0, valueBytes = 10): PlacedRecord => ({
  key,
  value: rangeOf(Buffer.alloc(valueBytes)),
  timestampMs: 0,
  partition,
});
const keys = (records: readonly OutgoingRecord[]) => records.map(({ key }) => String(key));
const target = { topic: 't', maxMessageBytes: 1_000_000 };

/** A transaction that notes its sends; `answer` may throw. */
function recorder(
  answer: (partition: number, keys: string[]) => SendMetadata[] | undefined = () => undefined,
) {
  const sends: { partition: number; keys: string[] }[] = [];
  const next = new Map<number, number>();
  const outstanding = new Map<number, number>();
  let mostOutstanding = 0;
  const tx: Transaction = {
    send: async (topic, partition, records) => {
      outstanding.set(partition, (outstanding.get(partition) ?? 0) + 1);
      mostOutstanding = Math.max(mostOutstanding, outstanding.get(partition) ?? 0);
      await Promise.resolve();
      outstanding.set(partition, (outstanding.get(partition) ?? 0) - 1);
      sends.push({ partition, keys: keys(records) });
      const baseOffset = next.get(partition) ?? 0;
      const said = answer(partition, keys(records));
      next.set(partition, baseOffset + records.length);
      return said ?? [{ topic, partition, errorCode: 0, baseOffset }];
    },
    commit: async () => {},
    abort: async () => {},
  };
  return { tx, sends, mostOutstanding: () => mostOutstanding };
}

describe('the rules that kafkajs makes necessary', () => {
  test('a send carries records of exactly one partition, in their order', async () => {
    const { tx, sends } = recorder();
    await writeRecords(tx, target, [record('a', 0), record('b', 1), record('c', 0), record('d', 2)]);
    expect(sends.toSorted((x, y) => x.partition - y.partition)).toEqual([
      { partition: 0, keys: ['a', 'c'] },
      { partition: 1, keys: ['b'] },
      { partition: 2, keys: ['d'] },
    ]);
  });

  test('a partition has at most one outstanding send', async () => {
    const { tx, sends, mostOutstanding } = recorder();
    await writeRecords(
      tx,
      { topic: 't', maxMessageBytes: 400 },
      Array.from({ length: 20 }, (_, i) => record(`${i}`, 0, 100)),
    );
    expect(sends.length).toBeGreaterThan(5);
    expect(mostOutstanding()).toBe(1);
  });

  test.each([
    ['nothing', []],
    ['another partition', [{ topic: 't', partition: 5, errorCode: 0, baseOffset: 0 }]],
    [
      'two partitions',
      [
        { topic: 't', partition: 0, errorCode: 0, baseOffset: 0 },
        { topic: 't', partition: 1, errorCode: 0, baseOffset: 0 },
      ],
    ],
    ['an error code', [{ topic: 't', partition: 0, errorCode: 7, baseOffset: 0 }]],
    ['another topic', [{ topic: 'x', partition: 0, errorCode: 0, baseOffset: 0 }]],
  ])('metadata that names %s is not a confirmation', async (_what, answer) => {
    const { tx } = recorder(() => answer);
    await expect(writeRecords(tx, target, [record('a')])).rejects.toMatchObject({
      code: 'KAFKA_SEND_UNCONFIRMED',
    });
  });

  test('a failed send fails the write only once all other sends have ended', async () => {
    let ended = 0;
    const tx: Transaction = {
      send: async (topic, partition) => {
        if (partition === 0) throw new ConnectorError('KAFKA_UNAVAILABLE', 'no');
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
        ended++;
        return [{ topic, partition, errorCode: 0, baseOffset: 0 }];
      },
      commit: async () => {},
      abort: async () => {},
    };
    await expect(writeRecords(tx, target, [record('a', 0), record('b', 1)])).rejects.toThrow('no');
    expect(ended).toBe(1);
  });
});

describe('records that the broker refuses', () => {
  const refusing = (bad: string[]) =>
    recorder((_partition, sent) => {
      if (sent.some((key) => bad.includes(key)))
        throw new ConnectorError('KAFKA_RECORD_REFUSED', 'INVALID_TIMESTAMP');
      return undefined;
    });

  test('are found, and everything else is written once and in order', async () => {
    const { tx, sends } = refusing(['3', '7']);
    const all = Array.from({ length: 10 }, (_, i) => record(String(i)));
    const { refused } = await writeRecords(tx, target, all);
    expect(keys(refused.map((each) => each.record))).toEqual(['3', '7']);
    const written = sends
      .filter(({ keys: sent }) => !sent.some((key) => ['3', '7'].includes(key)))
      .flatMap(({ keys: sent }) => sent);
    expect(written).toEqual(['0', '1', '2', '4', '5', '6', '8', '9']);
  });

  test('are all given back where all are refused', async () => {
    const { tx } = refusing(['0', '1', '2']);
    const { refused } = await writeRecords(
      tx,
      target,
      ['0', '1', '2'].map((key) => record(key)),
    );
    expect(refused).toHaveLength(3);
    expect(refused[0]?.error.message).toBe('INVALID_TIMESTAMP');
  });
});

describe('chunks', () => {
  test('stay below the limit by their estimate, and lose and reorder nothing', () => {
    const records = Array.from({ length: 50 }, (_, i) => record(String(i), 0, 90));
    const made = [...chunks(records, 1_000)];
    expect(made.flat()).toEqual(records);
    for (const chunk of made) expect(128 + chunk.length * (48 + 90 + 1)).toBeLessThanOrEqual(1_000);
  });

  test('a record above the limit goes alone: the broker says whether it takes it', () => {
    const made = [...chunks([record('a'), record('big', 0, 5_000), record('b')], 1_000)];
    expect(made.map(keys)).toEqual([['a'], ['big'], ['b']]);
  });

  test('no records make no chunk', () => {
    expect([...chunks([], 1_000)]).toEqual([]);
  });
});
