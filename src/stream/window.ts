import type { Page, PageSource } from '../asana/client.ts';
import type { PageEvent } from '../asana/page.ts';
import { RefusedForGood } from '../asana/patient-client.ts';
import type { Filters } from '../asana/query.ts';
import { ConnectorError } from '../errors.ts';
import { afterPage, NO_HABITS, type Predecessor, type Scope } from './chain.ts';
import { factsOf, inTimeOrder, type Placed } from './events.ts';
import { afterRefusal, type Refusals } from './refused-offset.ts';
import type { Chain, Step } from './step.ts';

/** `[startAtMs, endAtMs)`, from the oldest event where there is no start. */
export interface Window {
  readonly filters: Filters;
  readonly startAtMs: number | undefined;
  readonly endAtMs: number;
}

/** What the window is a part of: its last page then says where to go on in the whole. */
export interface Part {
  readonly scope: Scope;
  readonly predecessor: Predecessor;
}

export interface WindowPage<E extends PageEvent> {
  readonly chain: Chain;
  readonly step: Step;
  readonly page: Page<E>;
  readonly events: readonly Placed<E>[];
}

/**
 * Everything that Asana has in a window of the past, page by page, to the page that shows its end. Where an offset expires it
 * goes on by time, and shows the events of that millisecond again.
 */
export async function* readWindow<E extends PageEvent>(
  asana: PageSource<E>,
  window: Window,
  signal: AbortSignal,
  { scope, predecessor }: Part = { scope: window, predecessor: { habits: NO_HABITS } },
): AsyncGenerator<WindowPage<E>> {
  let refusals: Refusals<number | undefined> | undefined;
  let pages = 0;
  for (
    let chain: Chain | undefined = chainFrom(window, window.startAtMs, predecessor);
    chain !== undefined;
  ) {
    const page: Page<E> | undefined = await asana
      .fetchPage(chain.query, chain.offset, signal)
      .catch((error) => {
        if (error instanceof ConnectorError && error.disposition === 'catch-up') return undefined;
        // Where it is, an offset does not say.
        if (error instanceof RefusedForGood) throw error.from(chain?.reachedMs);
        throw error;
      });
    if (page === undefined) {
      refusals = afterRefusal(refusals, chain.reachedMs, pages);
      const offsetsFail: boolean = chain.habits.offsetsFail || refusals.offsetsFail;
      const { limit } = chain.query;
      chain = chainFrom(window, chain.reachedMs, { limit, habits: { ...chain.habits, offsetsFail } });
      pages = 0;
      continue;
    }
    pages++;
    const events = inTimeOrder(page.events, chain.reachedMs);
    const step: Step = afterPage(chain, factsOf(page, events), scope);
    if (!step.isPreview) yield { chain: chain.probe?.chain ?? chain, step, page, events };
    chain = step.readToMs === undefined ? step.next : undefined;
  }
}

/**
 * What of a page is before `toMs`, in a window that is asked for to `askedToMs`. What lies between is another window's, and shows
 * that this one is read: events come in the order of time. Not what is dated elsewhere, because the order cannot be that of its time.
 */
export function upTo<E extends PageEvent>(
  toMs: number,
  askedToMs: number,
  read: WindowPage<E>,
): WindowPage<E> {
  const { events, step, page } = read;
  const isBehind = ({ isDated, createdAtMs }: Placed<E>) =>
    isDated && createdAtMs >= toMs && createdAtMs < askedToMs;
  const own = events.filter((event) => !isBehind(event));
  const readToMs = step.readToMs === undefined ? undefined : Math.min(step.readToMs, toMs);
  if (own.length === events.length) return { ...read, step: { ...step, readToMs } };
  // What has no time of its own may be on either side.
  const isRead = own.every(({ isDated, createdAtMs }) => isDated || createdAtMs < toMs);
  return {
    ...read,
    page: { ...page, sizeBytes: (page.sizeBytes * own.length) / events.length },
    step: isRead ? { ...step, left: 'more', readToMs: toMs } : { ...step, readToMs },
    events: own,
  };
}

const chainFrom = (
  { filters, endAtMs }: Window,
  startAtMs: number | undefined,
  { limit, habits }: Predecessor,
): Chain => ({
  mode: 'catching-up',
  query: { filters, startAtMs, endAtMs, limit },
  offset: undefined,
  reachedMs: startAtMs,
  habits,
});
