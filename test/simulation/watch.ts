/** Takes down what a stream says of itself, and how many pages it holds. */

import type { PageSource } from '../../src/asana/client.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';
import type { ConnectorError } from '../../src/errors.ts';
import type { StreamObserver } from '../../src/stream/observer.ts';
import type { World } from './world.ts';

export function watchStream(world: World, name: string, workspaceGid: string) {
  const { coverage, plan, time, trace } = world;
  const history = world.history.streamOf(workspaceGid);
  /** Live pages that were read and not committed. Those of a window may be a sweep's, which are not kept. */
  let ahead = 0;
  let wasLive = false;
  let inFlight = 0;
  let youngestMs = Number.NaN;
  /** When its last session had ended. */
  let endedMs = Number.NEGATIVE_INFINITY;
  /** A session fences: where the stream may have gone to another replica, the group is asked first. */
  const noteDispute = (cause: string) => {
    const { askedMs, disputes } = world.history;
    if (plan.replicas === undefined || (askedMs.get(name) ?? Number.NEGATIVE_INFINITY) >= endedMs) return;
    disputes.push(
      `${workspaceGid}: ${name} began a session (${cause}) at ${time.nowMs} ms, and had not asked the group since the last one`,
    );
  };
  const observer: StreamObserver = {
    sessionStarted: (cause) => {
      trace.note(`${name} ${workspaceGid} session: ${cause}`);
      noteDispute(cause);
      ahead = 0;
    },
    sessionEnded: (error) => {
      coverage.reach(`session ended: ${error.code}`);
      endedMs = time.nowMs;
    },
    pageRead: () => {},
    committed: ({ pages, events, deadLetters, duplicatesDropped, late, gaps }, { mode }) => {
      if (pages > 0 && mode === 'live') {
        history.mostPagesAhead = Math.max(history.mostPagesAhead, ahead);
        ahead = Math.max(0, ahead - 1);
      }
      history.reported.set(name, (history.reported.get(name) ?? 0) + events);
      for (const { reason } of deadLetters) coverage.reach(`dead letter: ${reason}`);
      if (duplicatesDropped > 0) coverage.reach('drops what it has committed');
      if (late > 0) coverage.reach('publishes a late event');
      for (const { reason } of gaps) coverage.reach(`records a gap: ${reason}`);
    },
    refused: () => coverage.reach('says that a question is refused'),
    gapFound: () => {},
    gapWithdrawn: () => {},
    swept: () => coverage.reach('sweeps'),
    positioned: ({ mode }) => {
      wasLive = mode === 'live';
    },
    catchingUp: (cause) => {
      coverage.reach(`catches up: ${cause}`);
      ahead = 0;
    },
    halted: (error) => {
      trace.note(`${name} ${workspaceGid} halted: ${error.code} ${error.message}`);
      coverage.reach(`halted: ${error.code}`);
    },
    finished: () => {},
  };
  const asanaObserver = {
    requestEnded: () => {},
    requestFailed: (error: ConnectorError) => coverage.reach(`asana request repeated: ${error.code}`),
    requestRecovered: () => coverage.reach('asana request recovered'),
  };
  const counting = (client: PageSource<EncodedEvent>): PageSource<EncodedEvent> => ({
    fetchPage: async (query, offset, signal, isEnough) => {
      // A session's first request carries an offset only if that came from its state.
      if (wasLive && offset !== undefined) coverage.reach('takes up a live offset');
      wasLive = false;
      if (++inFlight > 1) coverage.reach('reads windows side by side');
      const page = await client.fetchPage(query, offset, signal, isEnough).finally(() => inFlight--);
      // A sweep reads between two polls.
      if (query.endAtMs !== undefined) return page;
      // A look behind the last page that finds something is not kept, and asked for again.
      const isPreview = query.startAtMs === youngestMs + 1 && page.events.length > 0;
      youngestMs = Math.max(...page.events.map(({ createdAtMs = 0 }) => createdAtMs));
      if (!isPreview) ahead++;
      return page;
    },
  });
  return { observer, asanaObserver, counting };
}
