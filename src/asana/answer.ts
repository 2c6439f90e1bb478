import type { Secret } from '../config/secret.ts';
import type { ErrorCode } from '../error-list.ts';
import { ConnectorError } from '../errors.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { HttpAnswer } from './http.ts';
import { quote } from './quote.ts';

/**
 * Throws what an answer means that is no page: a ConnectorError, by its disposition.
 *
 * @param token that was sent: a proxy's error page may show the request that it got
 * @param hidesFields then nothing is quoted that may be an event
 */
export function requirePage(
  { status, body }: HttpAnswer,
  sentOffset: string | undefined,
  token: Pick<Secret, 'removeFrom'>,
  hidesFields: boolean,
): void {
  if (status === 200) return;
  const clean = (text: string) => quote(token.removeFrom(text));
  // It is not known what it is, and it may be an event.
  const other = hidesFields ? () => NOT_QUOTED : clean;
  const text = body.subarray(0, 64 * 1024).toString('utf8');
  const errors = errorsIn(text);
  const unlike = clean(text) === '' ? 'no body' : other(text);
  const said = errors === undefined ? unlike : errorTexts(errors, clean);
  throw new ConnectorError(
    isRefusalOfProxy(status, errors) ? 'ASANA_SERVER_ERROR' : codeOf(status, sentOffset),
    `Asana answered ${status}: ${said}`,
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

/** Asana says in its own format why it refuses. What does not is a proxy's, and passes: it must not halt the stream for good. */
const isRefusalOfProxy = (status: number, errors: readonly unknown[] | undefined): boolean =>
  errors === undefined && [402, 403, 404].includes(status);

/** What is in Asana's format of errors; undefined where it is not (a proxy's HTML for example). */
function errorsIn(text: string): readonly unknown[] | undefined {
  try {
    const parsed = parseJson(text);
    return isJsonObject(parsed) && Array.isArray(parsed.errors) ? parsed.errors : undefined;
  } catch {
    return undefined;
  }
}

function errorTexts(errors: readonly unknown[], clean: Quote): string {
  const messages = errors
    .filter(isJsonObject)
    .map(({ message, phrase }) => [message, phrase].filter(isText).join(' / '));
  return clean(messages.join('; ')) || 'no message';
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
