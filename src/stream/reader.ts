import type { AuditLogClient, Page } from '../asana/client.ts';
import type { Clock } from '../clock.ts';
import { afterPage, type Chain, type Scope, type Step } from './chain.ts';
import { factsOf, readEvents, type StreamEvent } from './events.ts';

export interface ReaderPorts {
  readonly asana: Pick<AuditLogClient, 'fetchPage'>;
  readonly clock: Clock;
  readonly workspaceGid: string;
  readonly scope: Scope;
  /** Wait after a page that was not full. */
  readonly pollIntervalMs: number;
}

/** A page with what it was asked for by, and where it leads. */
export interface ReadPage {
  readonly chain: Chain;
  readonly step: Step;
  readonly events: readonly StreamEvent[];
  readonly offset: string | null;
  readonly asOfMs: number;
  /** The later of Asana's clock and ours. */
  readonly nowMs: number;
}

/**
 * The pages from `start` on, to the end of the scope; without one, for ever. The next page is on its way while the caller
 * works on the last one, and no further.
 */
export async function* readAhead(
  start: Chain,
  ports: ReaderPorts,
  signal: AbortSignal,
): AsyncGenerator<ReadPage> {
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
      yield value;
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
  for (let chain: Chain | undefined = start; chain !== undefined; ) {
    const page: Page = await asana.fetchPage(chain.query, chain.offset, signal);
    const events = readEvents(page.events, workspaceGid, chain.reachedMs);
    const step = afterPage(chain, factsOf(page, events), scope);
    if (!step.isPreview)
      yield {
        chain: chain.probe?.chain ?? chain,
        step,
        events,
        offset: page.offset,
        asOfMs: page.asOfMs,
        nowMs: page.nowMs,
      };
    chain = step.next;
    if (step.left !== 'more') await clock.sleep(pollIntervalMs, signal);
  }
}
