import type { AuditLogClient } from '../asana/client.ts';
import { RefusedForGood } from '../asana/patient-client.ts';
import type { Filters } from '../asana/query.ts';
import { ConnectorError } from '../errors.ts';
import { afterPage, type Chain, type Habits, NO_HABITS } from './chain.ts';
import { factsOf, readEvents, type StreamEvent } from './events.ts';

/** `[startAtMs, endAtMs)`, from the oldest event where there is no start. */
export interface Window {
  readonly filters: Filters;
  readonly startAtMs: number | undefined;
  readonly endAtMs: number;
}

/**
 * Everything that Asana has in a window of the past, page by page, to the page that shows its end. Where an offset expires it
 * goes on by time, and shows the events of that millisecond again.
 */
export async function* readWindow(
  asana: Pick<AuditLogClient, 'fetchPage'>,
  workspaceGid: string,
  window: Window,
  signal: AbortSignal,
): AsyncGenerator<{ events: readonly StreamEvent[]; asOfMs: number }> {
  let refusedAtMs: number | undefined;
  for (let chain: Chain | undefined = chainFrom(window, window.startAtMs, NO_HABITS); chain !== undefined; ) {
    const page = await asana.fetchPage(chain.query, chain.offset, signal).catch((error) => {
      if (error instanceof ConnectorError && error.disposition === 'catch-up') return undefined;
      // Where it is, an offset does not say.
      if (error instanceof RefusedForGood) throw error.from(chain?.reachedMs);
      throw error;
    });
    if (page === undefined) {
      // Refused right where the last one was: offsets lead nowhere here.
      const offsetsFail = chain.reachedMs === refusedAtMs;
      refusedAtMs = chain.reachedMs;
      chain = chainFrom(window, refusedAtMs, { ...chain.habits, offsetsFail });
      continue;
    }
    const events = readEvents(page.events, workspaceGid, chain.reachedMs);
    const step = afterPage(chain, factsOf(page, events), window);
    if (!step.isPreview) yield { events, asOfMs: page.asOfMs };
    chain = step.readToMs === undefined ? step.next : undefined;
  }
}

const chainFrom = ({ filters, endAtMs }: Window, startAtMs: number | undefined, habits: Habits): Chain => ({
  mode: 'catching-up',
  query: { filters, startAtMs, endAtMs },
  offset: undefined,
  reachedMs: startAtMs,
  habits,
});
