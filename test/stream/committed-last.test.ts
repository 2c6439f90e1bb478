import { expect, test } from 'vitest';
import type { DecodeRecord } from '../../src/avro/decoder.ts';
import type { FetchStart, KafkaClient } from '../../src/kafka/client.ts';
import { readCommittedLast } from '../../src/stream/committed-last.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { aCursor } from './a-cursor.ts';

const topics = { workspaceGid: 'ours', eventsTopic: 'e', deadLettersTopic: 'e.dead-letters' };
const never = new AbortController().signal;
const record = { gid: '', created_at: 0, additional_properties: {}, original_json: null };
const decode: DecodeRecord = async () => ({ ...record, workspace_gid: 'ours' });
/** As a newer version of the schema may have written it: of no gid, and behind it more than we know. */
const recordOf = (workspaceGid: string) =>
  Buffer.from(`\0\0\0\0\x09\0${String.fromCharCode(2 * workspaceGid.length)}${workspaceGid}…`);

/** Topics whose record at each offset is the workspace's that `ownerOf` names; what was read of them. */
function topicsOf(ownerOf: (offset: number) => string) {
  const read: [place: string, from: FetchStart, records: number][] = [];
  const fetchCommitted: KafkaClient['fetchCommitted'] = async function* (topic, partition, from) {
    const count = 100;
    let next = Number(from);
    for (;;) {
      const records = Array.from({ length: count }, (_, at) => {
        const offset = next + at;
        const key = Buffer.from(`${partition}@${offset}`);
        const value =
          topic === 'e'
            ? recordOf(ownerOf(offset))
            : Buffer.from(`{"gid":"${offset}","created_at":"2026-06-01T00:00:00Z"}`);
        return { offset, key, value, timestampMs: 0, headers: { workspace_gid: ownerOf(offset) } };
      });
      read.push([`${topic}-${partition}`, from, count]);
      next += count;
      const end = Number.MAX_SAFE_INTEGER;
      yield { records, nextOffset: next, lastStableOffset: end, highWatermark: end };
    }
  };
  const kafka = { fetchCommitted } as Partial<KafkaClient> as KafkaClient;
  return { ports: { kafka, decode, patience: { clock: new FakeClock(), limitMs: 0 } }, read };
}

test('of each partition a share, the last ones, up to where the cursor knows it', async () => {
  const { ports } = topicsOf(() => 'ours');
  const cursor = aCursor({
    ends: new Map([
      [0, 5_003],
      [7, 12],
    ]),
  });
  expect(await readCommittedLast(ports, topics, cursor, 6, never)).toEqual([
    ...['0@5000', '0@5001', '0@5002'],
    ...['7@9', '7@10', '7@11'],
  ]);
});

test('among other workspaces, as many as five times as many offsets hold', async () => {
  const { ports, read } = topicsOf((offset) => (offset % 10 === 0 ? 'ours' : 'another'));
  const cursor = aCursor({ ends: new Map([[0, 5_001]]) });
  expect(await readCommittedLast(ports, topics, cursor, 10, never)).toEqual([
    '0@4960',
    '0@4970',
    '0@4980',
    '0@4990',
    '0@5000',
  ]);
  expect(read).toEqual([['e-0', 4_951, 100]]);
});

test('with the last dead letters of the workspace', async () => {
  const { ports, read } = topicsOf((offset) => (offset === 1_900 ? 'ours' : 'another'));
  const ids = await readCommittedLast(ports, topics, aCursor({ deadLettersEnd: 1_950 }), 10, never);
  expect(ids).toEqual(['1900']);
  expect(read[0]).toEqual(['e.dead-letters-0', 950, 100]);
});
