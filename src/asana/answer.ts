import type { Secret } from '../config/secret.ts';
import type { ErrorCode } from '../error-list.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../json.ts';
import type { HideFields } from '../privacy/hide-fields.ts';
import { wouldBurst } from './containers.ts';
import type { HttpAnswer } from './http.ts';
import { quote } from './quote.ts';

/** One page as the API sent it: events in its order, unread; `offset` is null where there is no `next_page`. */
export interface PageBody {
  readonly events: readonly JsonValue[];
  readonly offset: string | null;
}

// Asana's own page has 1,000 at most.
const MAX_EVENTS = 50_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The page in an answer; throws a ConnectorError whose disposition says what the answer means.
 *
 * @param token that was sent: a proxy's error page may show the request that it got
 * @param hide applied here, where events come into being: so nothing behind it ever sees what is hidden
 */
export function readAnswer(
  answer: HttpAnswer,
  sentOffset: string | undefined,
  token: Pick<Secret, 'removeFrom'>,
  hide?: HideFields | undefined,
): PageBody {
  if (answer.status !== 200) throw refusal(answer, sentOffset, token, hide);
  const body = parse(answer.body);
  if (!isJsonObject(body) || !Array.isArray(body.data))
    throw invalid('expected an object with an array `data`');
  if (body.data.length > MAX_EVENTS) throw invalid(`a page of ${body.data.length} events`);
  // Some that are no objects are events that cannot be mapped; none that is one is not this endpoint's answer.
  if (body.data.length > 0 && !body.data.some(isJsonObject)) throw invalid('`data` holds no event at all');
  const events = hide === undefined ? body.data : body.data.map(hide);
  return { events, offset: nextOffset(body.next_page) };
}

function parse(body: Buffer): JsonValue {
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

function refusal(
  { status, body }: HttpAnswer,
  sentOffset: string | undefined,
  token: Pick<Secret, 'removeFrom'>,
  hide: HideFields | undefined,
): ConnectorError {
  const clean = (text: string) => quote(token.removeFrom(text));
  // It is not known what it is, and it may be an event.
  const other = hide === undefined ? clean : () => NOT_QUOTED;
  return new ConnectorError(
    codeOf(status, sentOffset),
    `Asana answered ${status}: ${errorTexts(body, clean, other)}`,
  );
}

const NOT_QUOTED = 'a body that is none of its errors, not quoted because of FIELDS_DROP or FIELDS_HASH';

function codeOf(status: number, sentOffset: string | undefined): ErrorCode {
  // Both texts that are known for a 400 with an offset (expired, invalid) mean the same to us, and so would a third:
  // without the offset, a request that is wrong for another reason is refused again, and then it is the request.
  if (status === 400 && sentOffset !== undefined) return 'ASANA_OFFSET_REFUSED';
  if (status === 401) return 'ASANA_UNAUTHORIZED';
  if (status === 402 || status === 403) return 'ASANA_FORBIDDEN';
  if (status === 404) return 'ASANA_WORKSPACE_UNKNOWN';
  if (status === 429) return 'ASANA_RATE_LIMITED';
  if (status === 408 || status >= 500) return 'ASANA_SERVER_ERROR';
  return 'ASANA_REQUEST_REFUSED';
}

type Quote = (text: string) => string;

/** The messages of an error body, or its beginning by `other` where it is not Asana's JSON (a proxy's HTML for example). */
function errorTexts(body: Buffer, clean: Quote, other: Quote): string {
  const text = body.subarray(0, 64 * 1024).toString('utf8');
  try {
    const parsed = parseJson(text);
    if (isJsonObject(parsed) && Array.isArray(parsed.errors)) {
      const messages = parsed.errors
        .filter(isJsonObject)
        .map(({ message, phrase }) => [message, phrase].filter(isText).join(' / '));
      return clean(messages.join('; ')) || 'no message';
    }
  } catch {
    // Not JSON: quoted as it is.
  }
  return clean(text) === '' ? 'no body' : other(text);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const MAX_RETRY_AFTER_MS = 5 * 60_000;

/**
 * `Retry-After`, in seconds or as a date, as a wait; undefined where absent or no wait. Capped at 5 minutes.
 *
 * @param nowMs on the clock of the server that wrote the date, epoch milliseconds
 */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const waitMs = /^\s*\d+(\.\d+)?\s*$/.test(header)
    ? Number(header) * 1000
    : (serverTimeMs(header) ?? nowMs) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined;
}

// Date.parse alone takes '-3000' for the year 3000.
const HTTP_DATE = /^\s*[A-Z][a-z]+,? .+\d\d:\d\d:\d\d/;

/** Asana's own clock, from the `Date` header; epoch milliseconds. */
export function serverTimeMs(header: string | string[] | undefined): number | undefined {
  const timeMs = typeof header === 'string' && HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
