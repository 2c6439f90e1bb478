import { isoTime } from '../clock.ts';

/** The endpoint's filters, one value each; sent with every request, with an offset too. */
export interface Filters {
  readonly eventType?: string | undefined;
  readonly actorType?: string | undefined;
  readonly actorGid?: string | undefined;
  readonly resourceGid?: string | undefined;
}

/** What is asked for, apart from where on it we are. An offset is valid only for the query that it was obtained with. */
export interface Query {
  readonly filters: Filters;
  /** Inclusive, epoch milliseconds. */
  readonly startAtMs?: number | undefined;
  /** Exclusive, epoch milliseconds. */
  readonly endAtMs?: number | undefined;
  /** Left out by default: the page size is then the server's own, 1,000 by the vendor's text. */
  readonly limit?: number | undefined;
}

export function queryParameters(query: Query, offset?: string): URLSearchParams {
  const parameters = new URLSearchParams();
  const put = (name: string, value: string | undefined) => value !== undefined && parameters.set(name, value);
  put('start_at', query.startAtMs === undefined ? undefined : isoTime(query.startAtMs));
  put('end_at', query.endAtMs === undefined ? undefined : isoTime(query.endAtMs));
  for (const [name, value] of filterParameters(query.filters)) put(name, value);
  put('limit', query.limit?.toString());
  put('offset', offset);
  return parameters;
}

/** The filters as one text that is equal exactly when they are: kept in the cursor to notice that they changed. */
export const filtersFingerprint = (filters: Filters): string =>
  new URLSearchParams(filterParameters(filters)).toString();

function filterParameters(filters: Filters): [string, string][] {
  const all: [string, string | undefined][] = [
    ['event_type', filters.eventType],
    ['actor_type', filters.actorType],
    ['actor_gid', filters.actorGid],
    ['resource_gid', filters.resourceGid],
  ];
  return all.filter((pair): pair is [string, string] => pair[1] !== undefined);
}
