import type { EncodedEvent } from '../encode/encoded-event.ts';
import type { Predecessor } from './chain.ts';
import { type PageSeen, pageSeen } from './page-seen.ts';
import { type ReaderPorts, type ReadPage, readPage } from './read-page.ts';
import type { Chain } from './step.ts';
import { readWindow, upTo, type WindowPage } from './window.ts';
import { learn, NO_PACE, type Pace, type PlannedWindow, type Span } from './window-pace.ts';
import { askedToMs, firstWindow, surplus, usefulBytes, windowsInFlight } from './window-plan.ts';

/** A window that is being read, or was: its pages wait here for their turn. */
interface OpenWindow {
  readonly planned: PlannedWindow;
  readonly pages: ReadPage[];
  isRead: boolean;
  failure: { readonly error: unknown } | undefined;
  /** Where Asana's present cut it short, or the past ends with it: the chain that goes on. */
  leadsTo: { readonly chain: Chain | undefined } | undefined;
}

/**
 * Reads the past that `start` covers, in windows side by side, and gives the pages in time order, as many at once as are at
 * hand. Returns the chain that goes on behind it; undefined at the end of the scope.
 */
export async function* readWindows(
  start: Chain,
  ports: ReaderPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadPage[], Chain | undefined> {
  // What is being read must not outlive the caller.
  const reading = new AbortController();
  const row = new WindowRow(start, ports, AbortSignal.any([signal, reading.signal]));
  try {
    for (;;) {
      const pages = await row.take();
      if (pages.length === 0) return row.leadsTo;
      yield pages;
    }
  } finally {
    reading.abort();
  }
}

/** What reading has taught so far, for the windows to come. */
interface Lessons {
  readonly pace: Pace;
  readonly predecessor: Predecessor;
}

/** Of the memory, what is kept for the windows whose turn is near. */
const FAR_SHARE = 0.3;

class WindowRow {
  readonly #ports: ReaderPorts;
  readonly #signal: AbortSignal;
  /** What is not given out yet, in time order. */
  #row: (OpenWindow | Span)[];
  readonly #endMs: number;
  #lessons: Lessons;
  #hasGiven = false;
  #heldBytes = 0;
  #inFlight = 0;
  #changed = Promise.withResolvers<void>();
  leadsTo: Chain | undefined;

  constructor(start: Chain, ports: ReaderPorts, signal: AbortSignal) {
    const { startAtMs, endAtMs, limit } = start.query;
    if (endAtMs === undefined) throw new RangeError('a window of the past has an end');
    this.#ports = ports;
    this.#signal = signal;
    this.#endMs = endAtMs;
    this.#row = [{ fromMs: startAtMs, toMs: endAtMs }];
    this.#lessons = { pace: NO_PACE, predecessor: { limit, habits: start.habits } };
  }

  /** The next pages, waited for; none at the end. Throws what reading the first of the windows failed with. */
  async take(): Promise<readonly ReadPage[]> {
    for (;;) {
      const pages = this.#takeReady();
      // Behind it, because it may have made a span the first of all.
      this.#openWindows();
      if (pages.length > 0 || this.#row.length === 0) return pages;
      await this.#changed.promise;
    }
  }

  #takeReady(): ReadPage[] {
    const taken: ReadPage[] = [];
    const batchBytes = this.#ports.batchBytes();
    let sizeBytes = 0;
    for (let head = this.#row[0]; head !== undefined && 'pages' in head; head = this.#row[0]) {
      for (let page = head.pages.shift(); page !== undefined; page = head.pages.shift()) {
        taken.push({ ...page, resumes: !this.#hasGiven });
        this.#hasGiven = true;
        sizeBytes += page.sizeBytes;
        if (sizeBytes >= batchBytes) break;
      }
      if (head.pages.length > 0 || sizeBytes >= batchBytes || !head.isRead) break;
      if (head.failure) {
        // What was read before it is good.
        if (taken.length > 0) break;
        throw head.failure.error;
      }
      this.#row = head.leadsTo ? [] : this.#row.slice(1);
      this.leadsTo = head.leadsTo?.chain;
    }
    this.#heldBytes -= sizeBytes;
    if (taken.length > 0) this.#change();
    return taken;
  }

  /** As many as may be in flight; the first of all in any case, because all others wait for it. */
  #openWindows(): void {
    for (let at = 0; at < this.#row.length; at++) {
      const span = this.#row[at];
      // Nothing behind it is ever given. Where all fail at once, as they do when all is to stop, it would go on without end.
      if (span === undefined || ('pages' in span && span.failure)) return;
      if ('pages' in span) continue;
      if (at > 0 && !(this.#isFree(span) && this.#fits(at))) return;
      const { pace, predecessor } = this.#lessons;
      const planned = predecessor.habits.offsetsFail
        ? { ...span, targetEvents: undefined }
        : firstWindow(span, pace, this.#ports.readAhead, this.#endMs);
      const open: OpenWindow = {
        planned,
        pages: [],
        isRead: false,
        failure: undefined,
        leadsTo: undefined,
      };
      const rest = planned.toMs < span.toMs ? [{ fromMs: planned.toMs, toMs: span.toMs }] : [];
      this.#row.splice(at, 1, open, ...rest);
      this.#inFlight++;
      void this.#read(open);
    }
  }

  #isFree({ toMs }: Span): boolean {
    const { pace } = this.#lessons;
    const most = windowsInFlight(pace, this.#ports.readAhead);
    // What is known where reading is furthest may not hold beyond; of what lies before, it says nothing.
    return this.#inFlight < (toMs === this.#endMs ? Math.min(most, pace.trust) : most);
  }

  async #read(open: OpenWindow): Promise<void> {
    const { asana, scope } = this.#ports;
    const { fromMs: startAtMs, toMs } = open.planned;
    const askedMs = askedToMs(open.planned, this.#lessons.pace, this.#endMs);
    const window = { filters: scope.filters, startAtMs, endAtMs: askedMs };
    try {
      let windowEvents = 0;
      const part = { scope, predecessor: this.#lessons.predecessor };
      for await (const read of readWindow(asana, window, this.#signal, part)) {
        const own = upTo(toMs, askedMs, read);
        windowEvents += own.events.length;
        if (this.#add(open, own, windowEvents)) break;
        await this.#room(open);
      }
    } catch (error) {
      open.failure = { error };
    }
    open.isRead = true;
    this.#inFlight--;
    this.#change();
  }

  /** Whether that was the window's last page. */
  #add(open: OpenWindow, read: WindowPage<EncodedEvent>, windowEvents: number): boolean {
    const { planned } = open;
    const { step } = read;
    const isLast = this.#row.at(-1) === open;
    const isCutShort = step.readToMs !== undefined && step.readToMs < planned.toMs;
    if (step.readToMs !== undefined && (isLast || isCutShort)) open.leadsTo = { chain: step.next };
    const page = readPage(read);
    open.pages.push({ ...page, left: open.leadsTo ? step.left : 'more' });
    this.#heldBytes += page.sizeBytes;
    const seen = pageSeen(read, windowEvents, this.#row[0] === open);
    const rest = this.#surplus(open, read, seen);
    this.#lessons = { pace: learn(this.#lessons.pace, planned, seen, rest), predecessor: page.lessons };
    if (rest) this.#row.splice(this.#row.indexOf(open) + 1, 0, rest);
    this.#change();
    return rest !== undefined || step.readToMs !== undefined;
  }

  #surplus(
    { planned }: OpenWindow,
    { step, page }: WindowPage<EncodedEvent>,
    seen: PageSeen,
  ): Span | undefined {
    // Without offsets, a page may be cut in the middle of a millisecond, and only what lies behind it tells: no window may end
    // there. So such a source is read as one.
    const hasOffsets = page.offset !== null && !step.next?.habits.offsetsFail;
    if (seen.endsWindow || !hasOffsets || step.next?.probe) return undefined;
    const pageEvents = Math.max(this.#lessons.pace.pageEvents, seen.events);
    return surplus(planned, seen, { ...this.#lessons.pace, pageEvents });
  }

  async #room(open: OpenWindow): Promise<void> {
    while (!this.#fits(this.#row.indexOf(open))) {
      this.#signal.throwIfAborted();
      await this.#changed.promise;
    }
  }

  /**
   * The first one, for which all others wait, goes on until it has two commits at hand, also where the others have all the memory: who
   * takes them finds the next one there. The others have less memory, the further they are.
   */
  #fits(place: number): boolean {
    const { readAhead, batchBytes } = this.#ports;
    if (place === 0) return this.#heldBytes < readAhead.maxHeldBytes || this.#firstBytes() < 2 * batchBytes();
    const before = this.#row.slice(0, place).filter((part) => 'pages' in part && !part.isRead).length;
    const distance = Math.min(1, before / windowsInFlight(this.#lessons.pace, readAhead));
    return this.#heldBytes < (1 - FAR_SHARE * distance) * usefulBytes(this.#lessons.pace, readAhead);
  }

  #firstBytes(): number {
    const [first] = this.#row;
    if (first === undefined || !('pages' in first)) return 0;
    return first.pages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
