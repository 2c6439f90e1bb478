/** Which events a request is answered with. */

import { refuse } from '../../simulator/errors.ts';
import { invalidOffset } from '../../simulator/offsets.ts';
import { simulatorDefaults } from '../../simulator/options.ts';
import { filtersKey, parseFilters, parseLimit } from '../../simulator/query.ts';
import type { Timeline } from '../../simulator/timeline.ts';

export interface Located {
  readonly first: number;
  readonly count: number;
  /** Undefined before anything matched: the API then answers `next_page: null`. */
  readonly offset: string | undefined;
}

/** Throws Refusal (400), also for filters other than time, which this source does not have. */
export function locate(timeline: Timeline, workspaceGid: string, query: URLSearchParams): Located {
  const limit = parseLimit(query, simulatorDefaults);
  const filters = parseFilters(query);
  if (filters.eventType ?? filters.actorType ?? filters.actorGid ?? filters.resourceGid)
    throw refuse(400, 'the source of the benchmark filters by time alone');
  const chain = `${workspaceGid} ${filtersKey(filters)}`;
  const token = query.get('offset');
  const low = filters.startMs === undefined ? 0 : timeline.firstAtOrAfter(filters.startMs);
  const high = filters.endMs === undefined ? timeline.length : timeline.firstAtOrAfter(filters.endMs);
  const first = token === null ? low : openOffset(token, chain);
  const count = Math.max(0, Math.min(limit, high - first));
  const hasNext = token !== null || count > 0;
  return { first, count, offset: hasNext ? issueOffset(first + count, chain) : undefined };
}

/** Not sealed as the simulator's are: those who use this source are known. */
const issueOffset = (next: number, chain: string): string =>
  Buffer.from(JSON.stringify([next, chain])).toString('base64url');

function openOffset(token: string, chain: string): number {
  try {
    const [next, issuedFor] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [number, string];
    if (issuedFor === chain && Number.isInteger(next)) return next;
  } catch {
    // Whatever is no JSON is no offset either.
  }
  throw invalidOffset();
}
