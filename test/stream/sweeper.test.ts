import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Page } from '../../src/asana/client.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';
import type { Transaction } from '../../src/kafka/client.ts';
import { watchStream } from '../../src/observe/stream-watch.ts';
import { Committer } from '../../src/stream/committer.ts';
import type { StreamEvent } from '../../src/stream/events.ts';
import { Sweeper } from '../../src/stream/sweeper.ts';
import { watched } from '../observe/watched.ts';
import { aCursor } from './a-cursor.ts';
import { aDestination, EVENTS, recordingTo } from './a-destination.ts';
import { aPage } from './a-page.ts';
import { anEvent } from './an-event.ts';

const MINUTE_MS = 60_000;
const options = { lookbackMs: 45 * MINUTE_MS, intervalMs: 15 * MINUTE_MS };
// The recent ids are two generations of 10,000.
const MORE_THAN_RECENT = 20_001;

/** A live stream whose sweep is under way: Asana has been asked for its only page, which `asanaShows` answers. */
async function sweeping() {
  const { clock, metrics, log } = watched();
  const nowMs = clock.now();
  const cursor = aCursor({
    mode: 'live',
    watermarkMs: nowMs - MINUTE_MS,
    completeToMs: nowMs - MINUTE_MS,
    sweptToMs: nowMs - 60 * MINUTE_MS,
    eventsTopic: EVENTS,
  });
  const published: string[] = [];
  const session = { transact: (work: (tx: Transaction) => Promise<void>) => work(recordingTo(published)) };
  const committer = new Committer(cursor, aDestination({ sweeps: options }), {
    session,
    schemaId: 1,
    clock,
    observer: watchStream('111', metrics, log, clock),
    readBack: async () => [],
  });
  const page = Promise.withResolvers<EncodedEvent[]>();
  let pages = 0;
  const asana = {
    fetchPage: async () =>
      ({
        events: pages++ === 0 ? await page.promise : [],
        offset: 'next',
        asOfMs: nowMs,
        nowMs,
        sizeBytes: 0,
        roundTripMs: 0,
      }) satisfies Page<EncodedEvent>,
  };
  const ports = {
    asana,
    filters: {},
    options,
    endAtMs: undefined,
    committedSince: async () => new Set<string>(),
  };
  const sweeper = new Sweeper(committer, clock, ports, async () => {}, new AbortController().signal);
  sweeper.begin();
  return {
    nowMs,
    published,
    committer,
    sweeper,
    pagesAsked: () => pages,
    show: page.resolve,
    asanaShows: async (...events: EncodedEvent[]) => {
      page.resolve(events);
      await sweeper.sweepNow();
    },
    commitLive: (...events: StreamEvent[]) =>
      committer.commit([aPage({ mode: 'live', events, asOfMs: nowMs + MINUTE_MS, nowMs })]),
  };
}

const placed = (id: string, createdAtMs: number, isDated = true): StreamEvent => ({
  ...anEvent(id, isDated ? createdAtMs : undefined),
  createdAtMs,
  isDated,
});
/** After all else, so that the watermark passes that. */
const manyAfter = (atMs: number) =>
  Array.from({ length: MORE_THAN_RECENT }, (_, at) => placed(`live ${at}`, atMs + 1));

// Found by reading: a stream on which more came meanwhile lost its late events, and every sweep after it had more to read.
test('a sweep is committed however many events are committed beside it', async () => {
  const { nowMs, published, committer, asanaShows, commitLive } = await sweeping();
  await commitLive(...manyAfter(nowMs));
  await asanaShows(anEvent('late', nowMs - 20 * MINUTE_MS));
  expect(published.at(-1)).toBe('late');
  expect(committer.cursor?.sweptToMs).toBe(nowMs - options.lookbackMs);
});

// Found by the seeds 3146, 8139, 9233 and 9480: where Asana shows it, no later sweep looks again.
test('what a sweep is shown and the topic lacks is published, wherever it is dated', async () => {
  const { nowMs, published, asanaShows } = await sweeping();
  await asanaShows(anEvent('dated ahead', nowMs + 1_000 * 365 * 86_400_000));
  expect(published).toEqual(['dated ahead']);
});

test.each([
  ['with its own time', true],
  // Asana knows when it was; we place it with what comes after it, beyond the range.
  ['without one', false],
])(
  'what the live chain shows late, too, %s, is published once, however much comes after it',
  async (_, isDated) => {
    const { nowMs, published, asanaShows, commitLive } = await sweeping();
    const atMs = nowMs - 20 * MINUTE_MS;
    await commitLive(placed('both', isDated ? atMs : nowMs, isDated));
    await commitLive(...manyAfter(nowMs));
    await asanaShows(anEvent('both', isDated ? atMs : undefined), anEvent('late', atMs));
    expect(published.filter((id) => id === 'both')).toHaveLength(1);
    expect(published.at(-1)).toBe('late');
  },
);

test('what Asana shows beyond the end that a sweep asks for is left to the live chain', async () => {
  const { nowMs, published, asanaShows, commitLive } = await sweeping();
  await commitLive(placed('beyond', nowMs));
  await commitLive(...manyAfter(nowMs));
  await asanaShows(anEvent('beyond', nowMs));
  expect(published.filter((id) => id === 'beyond')).toHaveLength(1);
});

test('a sweep that has ended begins no other one before it is committed', async () => {
  const { nowMs, sweeper, show, pagesAsked } = await sweeping();
  show([anEvent('late', nowMs - 20 * MINUTE_MS)]);
  await setImmediate();
  const asked = pagesAsked();
  sweeper.begin();
  await setImmediate();
  expect(pagesAsked()).toBe(asked);
});
