import type { Cursor } from './cursor.ts';
import type { StreamEvent } from './events.ts';
import { RecentIds } from './recent-ids.ts';

/** So many ids of the stream are known, those committed last. */
export const MOST_KNOWN = 10_000;

/** The ids of the stream's last {@link MOST_KNOWN} events or so, from the topics, as far as the cursor knows these. */
export type ReadBack = (cursor: Cursor) => Promise<Iterable<string>>;

interface Shown {
  readonly events: readonly StreamEvent[];
}

/**
 * Which events are committed, of those that Asana may show again: a source whose pages overlap does not stop overlapping because we have
 * started anew.
 *
 * A session begins with what its cursor lists, which is everything from the watermark on. What is older is read back only once a page
 * shows something of it that nobody knows: a hundred streams may start at a time, and of most sources no page ever does.
 */
export class KnownIds {
  readonly #recent = new RecentIds(MOST_KNOWN);
  readonly #readBack: ReadBack;
  /** What was created earlier, and committed by an earlier session, is not known yet. */
  #unreadBeforeMs: number | undefined;

  /** @param cursor of the session's start */
  constructor(cursor: Cursor | undefined, readBack: ReadBack) {
    this.#readBack = readBack;
    // Without an offset a session asks from the watermark on.
    this.#unreadBeforeMs = cursor?.offset && cursor.watermarkMs;
    // The cursor forgets these when a sweep moves its watermark, while a chain may still show them.
    for (const id of cursor?.committed.keys() ?? []) this.#recent.add(id);
  }

  /** To be called before {@link isNew}: reads back what is needed to tell. */
  async prepare(pages: readonly Shown[], cursor: Cursor | undefined): Promise<void> {
    const beforeMs = this.#unreadBeforeMs;
    if (beforeMs === undefined || cursor === undefined) return;
    // What has no time of its own has that of its neighbours on a page, which may be others now.
    const isUnclear = ({ id, createdAtMs, isDated }: StreamEvent) =>
      (createdAtMs < beforeMs || !isDated) && !isListed(id, cursor) && !this.#recent.has(id);
    if (!pages.some(({ events }) => events.some(isUnclear))) return;
    for (const id of await this.#readBack(cursor)) this.#recent.add(id);
    this.#unreadBeforeMs = undefined;
  }

  /** Not committed at the watermark or later, nor published by a sweep, nor shown before; it is known from now on. */
  isNew({ id }: StreamEvent, cursor: Cursor | undefined): boolean {
    return !(cursor && isListed(id, cursor)) && this.#recent.add(id);
  }
}

const isListed = (id: string, { committed, swept }: Cursor): boolean => committed.has(id) || swept.has(id);
