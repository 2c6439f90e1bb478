import { isoTime } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { Chain, PageFacts, Probe, Step } from './step.ts';

/**
 * Going on without an offset: none came, the same one came again, or they do not work. Then time leads on, from the last event
 * that was shown, inclusively; what is shown twice is known by its gid.
 */

/** The vendor's texts conflict, but this much is allowed by all of them. */
const SAFE_LIMIT = 100;

type End = (chain: Chain) => Step;

/**
 * After a page with events and no way on but time. With `limit`, there may be an offset the next time.
 *
 * A page that shows nothing later than what it was asked for is the last one, unless a source that cuts its pages shorter than we
 * asked is hiding the rest: where no larger page was ever seen, a look behind it tells.
 */
export function afterPageByTime(chain: Chain, seen: Chain, page: PageFacts, end: End): Step {
  const { query, offset, habits, probedCount } = chain;
  if (seen.reachedMs !== query.startAtMs || query.limit === undefined) return goOn(seen, page);
  // Of a millisecond that offsets have led through.
  const saysThatIsAll = offset !== undefined && page.offset === null;
  const isFull = page.count >= query.limit && !saysThatIsAll;
  if (isFull || page.count === probedCount) throw noProgress(page);
  // Without the offset that has led here: it would lead here again.
  const ended = withoutProbe({ ...seen, offset: undefined });
  // What has grown was not cut.
  if (page.count < habits.largestPage || probedCount !== undefined) return end(ended);
  const behindMs = (page.youngestMs ?? query.startAtMs ?? 0) + 1;
  const probe = { chain: ended, count: page.count };
  return {
    next: { ...ended, query: { ...query, startAtMs: behindMs }, probe },
    left: 'more',
    readToMs: undefined,
  };
}

/**
 * Nothing behind it, or nothing that has a time and could be asked for: that was the end. Something: either it has come since, and then
 * the same question shows it as well, or the page was cut, and no question leads past it.
 */
export function afterProbe({ chain, count }: Probe, page: PageFacts, end: End): Step {
  if (page.lastCreatedAtMs === undefined) return end(chain);
  return { next: { ...chain, probedCount: count }, left: 'more', readToMs: undefined, isPreview: true };
}

function withoutProbe({ mode, query, offset, reachedMs, habits }: Chain): Chain {
  return { mode, query, offset, reachedMs, habits };
}

function goOn(seen: Chain, page: PageFacts): Step {
  const { mode, query, reachedMs, habits } = seen;
  const isStuck = reachedMs === query.startAtMs;
  const limit =
    query.limit ?? (isStuck || page.offset === null || habits.offsetsFail ? SAFE_LIMIT : undefined);
  const isNewLimit = limit !== query.limit;
  const next: Chain = {
    mode,
    query: { ...query, startAtMs: reachedMs, limit },
    offset: undefined,
    reachedMs,
    habits: isNewLimit ? { ...habits, largestPage: 0 } : habits,
  };
  return { next, left: 'more', readToMs: undefined };
}

const noProgress = ({ count, lastCreatedAtMs }: PageFacts) =>
  new ConnectorError(
    'ASANA_NO_PROGRESS',
    `Asana answered ${count} events of the millisecond ${lastCreatedAtMs === undefined ? 'that it began with' : isoTime(lastCreatedAtMs)}, and neither an offset nor time leads on`,
  );
