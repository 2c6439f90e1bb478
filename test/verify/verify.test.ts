import { expect, test } from 'vitest';
import type { PageSource } from '../../src/asana/client.ts';
import type { KafkaClient } from '../../src/kafka/client.ts';
import type { PassedGap } from '../../src/stream/gap.ts';
import type { SourceEvent } from '../../src/verify/source-event.ts';
import { verifyWorkspace } from '../../src/verify/verify.ts';
import { FakeClock } from '../support/fake-clock.ts';

const never = new AbortController().signal;
const REQUEST = {
  workspaceGid: '1',
  eventsTopic: 'events',
  filters: {},
  fromMs: 0,
  toMs: 1_000,
  nowMs: 1_000,
};
const decode = () => Promise.reject(new Error('there is no record'));
const silent = { clock: new FakeClock(), onWait: () => undefined, onProgress: () => undefined };

// A wrong EVENTS_TOPIC used up the request budget for all that Asana has, and called all of it missing.
test('a topic that does not exist is said before Asana is asked for anything', async () => {
  let asked = 0;
  const asana: PageSource<SourceEvent> = {
    fetchPage: async () => {
      asked++;
      throw new Error('Asana was asked');
    },
  };
  const kafka = { describeTopic: async () => undefined } as Partial<KafkaClient> as KafkaClient;
  const readExcuses = async () => ({ republished: [], gaps: [] });

  const verified = verifyWorkspace(REQUEST, { asana, kafka, decode, readExcuses, ...silent }, never);

  await expect(verified).rejects.toMatchObject({
    code: 'TOPIC_MISSING',
    message: 'the topic events does not exist',
  });
  expect(asked).toBe(0);
});

/** Asana has one event, created at 150, and the topic has none; `onRead` is told when Asana is read. */
function lacking(onRead: () => void) {
  const asana: PageSource<SourceEvent> = {
    fetchPage: async ({ startAtMs = 0 }) => {
      onRead();
      const events = startAtMs <= 150 ? [{ id: '7', createdAtMs: 150, isDated: true, source: {} }] : [];
      return { events, offset: null, asOfMs: 1_000, nowMs: 1_000, sizeBytes: 0, roundTripMs: 0 };
    },
  };
  const kafka: Partial<KafkaClient> = {
    describeTopic: async () => ({ partitions: 1, replicationFactor: 1, settings: new Map() }),
    async *fetchCommitted() {
      yield { records: [], nextOffset: 0, lastStableOffset: 0, highWatermark: 0 };
    },
  };
  return { asana, kafka: kafka as KafkaClient, decode, ...silent };
}

// Asana is read for up to an hour: what was recorded meanwhile was called missing.
test('a gap that is recorded while Asana is read is known', async () => {
  let gaps: PassedGap[] = [];
  const ports = lacking(() => {
    gaps = [{ fromMs: 100, toMs: 200, reason: 'skipped-by-operator' }];
  });

  const verified = await verifyWorkspace(
    REQUEST,
    { ...ports, readExcuses: async () => ({ republished: [], gaps }) },
    never,
  );

  expect(verified).toMatchObject({ missing: [], inGaps: 1 });
});

test('what a sweep is to look for when it begins is pending, also where that sweep has ended meanwhile', async () => {
  let fromMs = 120;
  const ports = lacking(() => {
    fromMs = 180;
  });
  const readExcuses = async () => ({ republished: [], gaps: [], unswept: { fromMs, toMs: 200 } });

  const verified = await verifyWorkspace(REQUEST, { ...ports, readExcuses }, never);

  expect(verified).toMatchObject({ missing: [], pending: [{ id: '7' }], provenToMs: 120 });
});
