import type { AuditLogClient } from '../asana/client.ts';
import type { Query } from '../asana/query.ts';
import type { EventSerializer } from '../avro/serializer.ts';
import type { Clock } from '../clock.ts';
import { afterPage, type Chain, lessonsOf, type Predecessor, type Scope, type Step } from './chain.ts';
import type { Mode } from './cursor.ts';
import { type EncodedEvent, encodeEvents } from './encoded-event.ts';
import { factsOf, readEvents } from './events.ts';
import { nextPollMs } from './poll-interval.ts';
import { readWindows } from './read-windows.ts';
import type { WindowPage } from './window.ts';
import type { ReadAheadLimits } from './window-plan.ts';

export interface ReaderPorts {
  readonly asana: Pick<AuditLogClient, 'fetchPage'>;
  readonly serializer: Pick<EventSerializer, 'encode'>;
  readonly clock: Clock;
  readonly workspaceGid: string;
  readonly scope: Scope;
  /** The longest wait after a page that was not full. */
  readonly pollIntervalMs: number;
  readonly readAhead: ReadAheadLimits;
  /** How much of a backlog is given at once, in bytes of JSON. */
  readonly batchBytes: () => number;
}

/** A page with what it was asked for by, and where it leads. */
export interface ReadPage {
  readonly mode: Mode;
  readonly query: Query;
  readonly events: readonly EncodedEvent[];
  readonly offset: string | null;
  readonly asOfMs: number;
  /** The later of Asana's clock and ours. */
  readonly nowMs: number;
  /** Of its JSON. */
  readonly sizeBytes: number;
  /** What it leaves to a chain that takes the place of its own. */
  readonly lessons: Predecessor;
  readonly left: Step['left'];
  readonly readToMs: number | undefined;
  /** It goes on where the cursor is, and not where another page ended. */
  readonly resumes: boolean;
}

/**
 * The pages from `start` on, to the end of the scope; without one, for ever. While the caller works on what was given, reading
 * goes on: live by one page, catching up as far as memory and the budget allow.
 */
export async function* readAhead(
  start: Chain,
  ports: ReaderPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadPage[], void> {
  let chain: Chain | undefined = start;
  while (chain?.mode === 'catching-up') chain = yield* readWindows(chain, ports, signal);
  if (chain !== undefined) yield* readLive(chain, ports, signal);
}

async function* readLive(
  start: Chain,
  ports: ReaderPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadPage[], void> {
  // A reader that waits for a page, or for the next poll, must not outlive its caller.
  const reading = new AbortController();
  const pages = readPages(start, ports, AbortSignal.any([signal, reading.signal]));
  let next = pages.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = pages.next();
      // Its failure is met when it is awaited; until then it is not an unhandled rejection.
      next.catch(() => {});
      yield [value];
    }
  } finally {
    reading.abort();
  }
}

async function* readPages(
  start: Chain,
  ports: ReaderPorts,
  signal: AbortSignal,
): AsyncGenerator<ReadPage, undefined> {
  const { asana, clock, workspaceGid, scope, pollIntervalMs } = ports;
  let waitMs = pollIntervalMs;
  for (let chain: Chain | undefined = start; chain !== undefined; ) {
    const page = await asana.fetchPage(chain.query, chain.offset, signal);
    const events = readEvents(page.events, workspaceGid, chain.reachedMs);
    const step = afterPage(chain, factsOf(page, events), scope);
    if (!step.isPreview) {
      yield { ...readPage({ chain: chain.probe?.chain ?? chain, step, page, events }, ports), resumes: true };
    }
    chain = step.next;
    if (step.left === 'more') continue;
    waitMs = nextPollMs(waitMs, step.left, pollIntervalMs);
    await clock.sleep(waitMs, signal);
  }
}

export function readPage(
  { chain, step, page, events }: WindowPage,
  { serializer }: Pick<ReaderPorts, 'serializer'>,
): ReadPage {
  const { offset, asOfMs, nowMs, sizeBytes } = page;
  const { left, readToMs } = step;
  return {
    mode: chain.mode,
    query: chain.query,
    events: encodeEvents(events, serializer),
    offset,
    asOfMs,
    nowMs,
    sizeBytes,
    left,
    readToMs,
    lessons: lessonsOf(step.next ?? chain),
    resumes: false,
  };
}
