import { TokenBudget } from '../../src/asana/budget.ts';
import { AuditLogClient } from '../../src/asana/client.ts';
import type { HttpAnswer, HttpGet } from '../../src/asana/http.ts';
import type { TokenSource } from '../../src/asana/token.ts';
import { Secret } from '../../src/config/secret.ts';
import { InlinePageEncoder } from '../../src/encode/page-encoder.ts';
import type { ConnectorError } from '../../src/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';

export const NO_EVENTS = { status: 200, body: '{"data":[],"next_page":null}' };

interface Scripted {
  readonly status: number;
  readonly body?: string;
  readonly headers?: HttpAnswer['headers'];
  readonly tookMs?: number;
}

/** What Asana answers, request by request; the last one for ever. An error is one that `httpGet` throws. */
export type Script = readonly (Scripted | ConnectorError)[];

/** A network that plays a script on virtual time, and keeps what was asked, when and by which token. */
export function scriptedAsana(script: Script) {
  const clock = new FakeClock();
  const requests: { url: URL; atMs: number; authorization: string | undefined }[] = [];
  const get: HttpGet = async (url, { authorization }, signal) => {
    const next = script[Math.min(requests.length, script.length - 1)];
    requests.push({ url, atMs: clock.monotonicMs(), authorization });
    signal.throwIfAborted();
    if (next === undefined || next instanceof Error) throw next;
    if (next.tookMs) await clock.sleep(next.tookMs, signal);
    const body = Buffer.from(next.body ?? '{"errors":[{"message":"scripted"}]}');
    return { status: next.status, headers: next.headers ?? {}, body };
  };
  const seen: string[] = [];
  const observer = {
    requestEnded: (status: number | 'error', durationMs: number) =>
      seen.push(`ended ${status} ${durationMs}`),
    requestFailed: (error: ConnectorError, attempt: number, waitMs: number | undefined) =>
      seen.push(`failed ${error.code} ${attempt} ${waitMs}`),
    requestRecovered: (attempts: number) => seen.push(`recovered ${attempts}`),
  };
  const encoder = new InlinePageEncoder();
  const budget = new TokenBudget(0, clock, () => {});
  /** Full jitter: the backoff is 500 ms, 1 s, 2 s, … */
  const random = () => 1;
  const newClient = (
    source: TokenSource = { value: new Secret('token') },
    baseUrl = 'https://asana.example/api/1.0',
  ) =>
    new AuditLogClient(new URL(baseUrl), '111', source, {
      get,
      clock,
      random,
      budget,
      observer,
      decodePage: (body, signal) => encoder.encode(body, '111', signal),
      hidesFields: false,
    });
  return { clock, requests, seen, budget, newClient };
}
