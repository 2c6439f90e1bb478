import { afterPage } from './chain.ts';
import { factsOf, inTimeOrder } from './events.ts';
import { nextPollMs } from './poll-interval.ts';
import { type ReaderPorts, type ReadPage, readPage } from './read-page.ts';
import { readWindows } from './read-windows.ts';
import type { Chain } from './step.ts';

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
  const { asana, clock, scope, pollIntervalMs } = ports;
  let waitMs = pollIntervalMs;
  for (let chain: Chain | undefined = start; chain !== undefined; ) {
    const page = await asana.fetchPage(chain.query, chain.offset, signal);
    const events = inTimeOrder(page.events, chain.reachedMs);
    const step = afterPage(chain, factsOf(page, events), scope);
    if (!step.isPreview) {
      yield { ...readPage({ chain: chain.probe?.chain ?? chain, step, page, events }), resumes: true };
    }
    chain = step.next;
    if (step.left === 'more') continue;
    waitMs = nextPollMs(waitMs, step.left, pollIntervalMs);
    await clock.sleep(waitMs, signal);
  }
}
