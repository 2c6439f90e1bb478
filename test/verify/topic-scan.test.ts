import { expect, test } from 'vitest';
import { UndecodableRecord } from '../../src/avro/decoder.ts';
import { isoTime } from '../../src/clock.ts';
import type { KafkaClient } from '../../src/kafka/client.ts';
import { scanTopic } from '../../src/verify/topic-scan.ts';
import { recordOf, WORKSPACE_GID } from '../avro/round-trip.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** One partition with a record for each time; what has none cannot be read. */
const topicOf = (times: readonly (number | undefined)[]) =>
  ({
    describeTopic: async () => ({ partitions: 1, replicationFactor: 1, settings: new Map() }),
    async *fetchCommitted() {
      const records = times.map((timeMs, offset) => ({
        offset,
        key: Buffer.from(`${offset}`),
        value: Buffer.from(timeMs === undefined ? '' : `${offset} ${timeMs}`),
        timestampMs: 0,
        headers: {},
      }));
      const end = records.length;
      yield { records, nextOffset: end, lastStableOffset: end, highWatermark: end };
    },
  }) as Partial<KafkaClient> as KafkaClient;

const decode = async (value: Buffer) => {
  const [gid = '', timeMs] = String(value).split(' ');
  if (timeMs === undefined) throw new UndecodableRecord('it is empty');
  return recordOf({ gid, created_at: isoTime(Number(timeMs)) });
};

// verify kept an object for every record of the workspace, however old its topic was: its memory grew with the installation's age.
test('of a topic nothing is kept but the window, and what cannot be read', async () => {
  const scan = {
    topic: 'events',
    workspaceGid: WORKSPACE_GID,
    filters: {},
    fromMs: 100,
    toMs: 200,
    clock: new FakeClock(),
    onWait: () => undefined,
    onProgress: () => undefined,
  };

  const kept = await scanTopic(
    topicOf([99, 100, undefined, 199, 200]),
    scan,
    decode,
    new AbortController().signal,
  );

  expect(kept.map(({ offset }) => offset)).toEqual([1, 2, 3]);
});
