import { expect, test } from 'vitest';
import type { Page, PageSource } from '../../src/asana/client.ts';
import type { PageEvent } from '../../src/asana/page.ts';
import { readWindow } from '../../src/stream/window.ts';

const BULK_MS = 1_000;
const END_MS = 2_000;
const LIMIT = 100;
const { signal } = new AbortController();

/**
 * A source with so many events in one millisecond, the last ones before the end.
 *
 * @param stuckAt where it gives the same offset again and again; otherwise it says that nothing comes next once all is shown
 */
function bulkOf(size: number, stuckAt = Number.POSITIVE_INFINITY) {
  let requests = 0;
  const source: PageSource<PageEvent> = {
    fetchPage: async ({ startAtMs = 0, limit = LIMIT }, offset): Promise<Page<PageEvent>> => {
      requests++;
      const from = Number(offset ?? 0);
      const left = startAtMs > BULK_MS ? 0 : size - from;
      const count = Math.min(left, limit);
      const events = Array.from({ length: count }, (_, at) => ({
        id: String(from + at),
        createdAtMs: BULK_MS,
      }));
      return {
        events: events as unknown as PageEvent[],
        offset: left > count ? String(Math.min(stuckAt, from + count)) : null,
        asOfMs: 100 * END_MS,
        nowMs: 100 * END_MS,
        roundTripMs: 1,
        sizeBytes: 1,
      };
    },
  };
  return { source, countRequests: () => requests };
}

async function idsOf({ source, countRequests }: ReturnType<typeof bulkOf>): Promise<Set<string>> {
  const ids = new Set<string>();
  const window = { filters: {}, startAtMs: 0, endAtMs: END_MS };
  for await (const { events } of readWindow(source, window, signal)) {
    for (const { id } of events) ids.add(id);
    if (countRequests() > 100) throw new Error('it goes round in circles');
  }
  return ids;
}

// Found at midnight, when the backlog of a test ended so: offset after offset to the end of the millisecond, and the same once more.
test.each([50, 111, 200, 1_000])(
  'a bulk change of %i events at the end of a window is read to its end, and left',
  async (size) => {
    expect(await idsOf(bulkOf(size))).toHaveProperty('size', size);
  },
);

test('where the same full page comes again and again in the middle of it, the stream says that nothing leads on', async () => {
  await expect(idsOf(bulkOf(1_000, 100))).rejects.toMatchObject({ code: 'ASANA_NO_PROGRESS' });
});
