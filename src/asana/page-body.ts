import { ConnectorError, messageOf } from '../errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../json.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import { wouldBurst } from './containers.ts';
import type { PageBody } from './page.ts';

// Asana's own page has 1,000 at most.
export const MAX_EVENTS = 50_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The page in the body of an answer of status 200, its events unread. Throws ASANA_ANSWER_INVALID.
 *
 * @param hide applied here, where events come into being: so nothing behind it ever sees what is hidden
 */
export function readPageBody(body: Uint8Array, hide: HideFields | undefined): PageBody<JsonValue> {
  const page = pageIn(parse(body));
  return hide === undefined ? page : { ...page, events: page.events.map(hide) };
}

/**
 * Where the next page begins, as what stands behind the events of a page says: all of its JSON behind `{"data":[…]`. Undefined where there is
 * `data` once more, of which the last one counts. Throws what `parseJson` throws where it is no JSON, ASANA_ANSWER_INVALID where it is that of no page.
 */
export function readOffsetBehind(rest: string): string | null | undefined {
  // Not a number in their place, which digits behind it would continue.
  const page = parseJson(`{"":[]${rest}`);
  return isJsonObject(page) && !Object.hasOwn(page, 'data') ? nextOffset(page.next_page) : undefined;
}

function pageIn(page: JsonValue): PageBody<JsonValue> {
  if (!isJsonObject(page) || !Array.isArray(page.data))
    throw invalid('expected an object with an array `data`');
  if (page.data.length > MAX_EVENTS) throw invalid(`a page of ${page.data.length} events`);
  // Some that are no objects are events that cannot be mapped; none that is one is not this endpoint's answer.
  if (page.data.length > 0 && !page.data.some(isJsonObject)) throw invalid('`data` holds no event at all');
  return { events: page.data, offset: nextOffset(page.next_page) };
}

function parse(body: Uint8Array): JsonValue {
  if (wouldBurst(body)) throw invalid('it holds more objects and arrays than a page of events does');
  try {
    return parseJson(utf8.decode(body));
  } catch (error) {
    // The parser's own words quote what it could not read, which may be an event.
    throw invalid(error instanceof SyntaxError ? 'it is not JSON, or cut off' : messageOf(error));
  }
}

/** Only `offset` is used: `uri` and `path` could lead to another host. */
function nextOffset(nextPage: JsonValue | undefined): string | null {
  if (nextPage === null || nextPage === undefined) return null;
  if (!isJsonObject(nextPage)) throw invalid('expected `next_page` to be an object or null');
  const { offset } = nextPage;
  if (offset === null || offset === undefined) return null;
  if (typeof offset !== 'string' || offset === '') throw invalid('expected `next_page.offset` to be a text');
  return offset;
}

const invalid = (what: string) =>
  new ConnectorError('ASANA_ANSWER_INVALID', `Asana's answer cannot be read: ${what}`);
