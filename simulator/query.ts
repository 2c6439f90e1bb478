/** The query string of the audit log endpoint. */

import { refuse } from './errors.ts';
import type { SimulatorOptions } from './options.ts';

/** What decides which events match. Times in milliseconds since 1970; undefined: no such filter. */
export interface Filters {
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly eventType: string | undefined;
  readonly actorType: string | undefined;
  readonly actorGid: string | undefined;
  readonly resourceGid: string | undefined;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const ACTOR_TYPES = ['user', 'asana', 'asana_support', 'anonymous', 'external_administrator'];

/** Throws Refusal (400). Parameters that the API does not know are ignored, as it does. */
export function parseFilters(query: URLSearchParams): Filters {
  const actorType = query.get('actor_type') ?? undefined;
  if (actorType !== undefined && !ACTOR_TYPES.includes(actorType)) {
    throw refuse(400, `actor_type: Value is not one of the allowed values: ${ACTOR_TYPES.join(', ')}`);
  }
  return {
    startMs: parseTime(query, 'start_at'),
    endMs: parseTime(query, 'end_at'),
    eventType: query.get('event_type') ?? undefined,
    actorType,
    actorGid: query.get('actor_gid') ?? undefined,
    resourceGid: query.get('resource_gid') ?? undefined,
  };
}

/** An instant, rounded up to whole milliseconds: `created_at` has no more, so start and end keep their meaning. */
function parseTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const [, fraction = ''] = DATE_TIME.exec(text) ?? [];
  const wholeMs = DATE_TIME.test(text)
    ? Date.parse(text.replace(fraction, fraction.slice(0, 4)))
    : Number.NaN;
  if (Number.isNaN(wholeMs)) throw refuse(400, `${name}: Not a recognized date-time: ${text}`);
  return /[1-9]/.test(fraction.slice(4)) ? wholeMs + 1 : wholeMs;
}

/** The page size. Throws Refusal (400). */
export function parseLimit(query: URLSearchParams, options: SimulatorOptions): number {
  const text = query.get('limit');
  if (text === null) return options.pageSize;
  const maximum = options.maxLimit === 0 ? Number.MAX_SAFE_INTEGER : options.maxLimit;
  const limit = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > maximum) {
    const range = options.maxLimit === 0 ? 'at least 1' : `between 1 and ${maximum}`;
    throw refuse(400, `limit: Must be an integer ${range}`);
  }
  return limit;
}

/** One text for filters that mean the same, however they were written. */
export const filtersKey = ({
  startMs,
  endMs,
  eventType,
  actorType,
  actorGid,
  resourceGid,
}: Filters): string => JSON.stringify([startMs, endMs, eventType, actorType, actorGid, resourceGid]);
