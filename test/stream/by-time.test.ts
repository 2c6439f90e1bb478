import { expect, test } from 'vitest';
import type { Page, PageSource } from '../../src/asana/client.ts';
import type { PageEvent } from '../../src/asana/page.ts';
import { readWindow } from '../../src/stream/window.ts';

const BULK_MS = 1_000;
const END_MS = 2_000;
const LIMIT = 100;
const { signal } = new AbortController();

/** A source that says that nothing comes next once all is shown, with so many events in one millisecond, the last ones before the end. */
function bulkOf(size: number) {
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
        offset: left > count ? String(from + count) : null,
        asOfMs: 100 * END_MS,
        nowMs: 100 * END_MS,
        roundTripMs: 1,
        sizeBytes: 1,
      };
    },
  };
  return { source, countRequests: () => requests };
}

// Found at midnight, when the backlog of a test ended so: offset after offset to the end of the millisecond, and the same once more.
test.each([50, 111, 200, 1_000])(
  'a bulk change of %i events at the end of a window is read to its end, and left',
  async (size) => {
    const { source, countRequests } = bulkOf(size);
    const ids = new Set<string>();
    const window = { filters: {}, startAtMs: 0, endAtMs: END_MS };
    for await (const { events } of readWindow(source, window, signal)) {
      for (const { id } of events) ids.add(id);
      if (countRequests() > 100) throw new Error('it goes round in circles');
    }
    expect(ids.size).toBe(size);
  },
);
