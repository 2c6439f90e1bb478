import { createGunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { quote } from './quote.ts';

/** One answer, whole, within its caps. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpLimits {
  /** From connect to the last byte. */
  readonly deadlineMs: number;
  /** Of the body, after decompression. */
  readonly maxBodyBytes: number;
}

export type HttpGet = (url: URL, headers: Record<string, string>, signal: AbortSignal) => Promise<HttpAnswer>;

/**
 * One GET: no redirect is followed, and no answer takes longer or grows larger than its limits.
 *
 * Throws ASANA_UNREACHABLE where no whole answer came, ASANA_ANSWER_INVALID where it was too large or not what it said;
 * the signal's reason where `signal` aborted.
 */
export function httpGet(dispatcher: Dispatcher, limits: HttpLimits, clock: Clock): HttpGet {
  const { deadlineMs, maxBodyBytes } = limits;
  const late = () => new Error(`no whole answer within ${deadlineMs} ms`);
  return async (url, headers, signal) => {
    signal.throwIfAborted();
    const options = {
      dispatcher,
      headers: { accept: 'application/json', 'accept-encoding': 'gzip', ...headers },
    };
    try {
      return await withDeadline(clock, deadlineMs, signal, late, async (limited) => {
        const answer = await unlessAborted(request(url, { ...options, signal: limited }), limited);
        const body = await readBody(answer, maxBodyBytes);
        return { status: answer.statusCode, headers: answer.headers, body };
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ConnectorError) throw error;
      throw new ConnectorError('ASANA_UNREACHABLE', `${url.origin}: ${quote(messageOf(error))}`, {
        cause: error,
      });
    }
  };
}

/** undici heeds its signal only once it is connected, which may take the whole connect timeout. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  // It may have aborted while the request was being made.
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function readBody({ body, headers }: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const gunzip = headers['content-encoding'] === 'gzip' ? createGunzip() : undefined;
  // A failing source must fail the unzipper as well: pipe() alone would leave the reader waiting for ever.
  if (gunzip) body.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  try {
    for await (const chunk of gunzip ?? body) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes)
        throw new ConnectorError('ASANA_ANSWER_INVALID', `the answer is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    body.destroy();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new ConnectorError(
        'ASANA_ANSWER_INVALID',
        `the answer is not the gzip that it says: ${error.message}`,
        { cause: error },
      );
    }
    throw error;
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, sizeBytes);
}
