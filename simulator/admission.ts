/** Who may ask: token, quota, requests in flight, plan, workspace, in this order. */

import { errorAnswer, Refusal, refuse } from './errors.ts';
import type { SimulatorOptions } from './options.ts';
import { RateLimit } from './rate-limit.ts';

export class Admission {
  readonly #rateLimit = new RateLimit();
  readonly #inFlight = new Map<string, number>();

  /**
   * Admits one request and returns what must be called once, when its answer is finished. Throws Refusal with 401, 402, 403,
   * 404 or 429.
   */
  admit(
    authorization: string | undefined,
    workspaceGid: string,
    nowMs: number,
    options: SimulatorOptions,
  ): () => void {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const grant = findGrant(token, options);
    if (grant === undefined || options.revoked) throw refuse(401, 'Not Authorized');
    this.#checkQuota(token, nowMs, options);
    if (grant === 'personal')
      throw refuse(403, 'Forbidden: only a service account can read audit log events.');
    if (options.plan !== 'enterprise-plus') {
      throw refuse(402, 'Payment Required: the audit log API needs an Enterprise+ plan.');
    }
    if (!options.workspaces.includes(workspaceGid))
      throw refuse(404, `workspace: Unknown object: ${workspaceGid}`);
    if (grant !== 'all' && grant !== workspaceGid) {
      throw refuse(403, 'Forbidden: this service account belongs to another organization.');
    }
    return this.#enter(token, nowMs, options);
  }

  #checkQuota(token: string, nowMs: number, options: SimulatorOptions): void {
    const { requestsPerMinute, rateWindowMs } = options;
    const quota =
      requestsPerMinute === 0 ? 0 : Math.max(1, Math.floor((requestsPerMinute * rateWindowMs) / 60_000));
    const waitMs = this.#rateLimit.take(token, nowMs, quota, rateWindowMs);
    if (waitMs > 0) throw tooManyRequests(waitMs, nowMs, options);
  }

  #enter(token: string, nowMs: number, options: SimulatorOptions): () => void {
    const inFlight = this.#inFlight.get(token) ?? 0;
    if (options.concurrency > 0 && inFlight >= options.concurrency)
      throw tooManyRequests(1_000, nowMs, options);
    this.#inFlight.set(token, inFlight + 1);
    return () => this.#inFlight.set(token, (this.#inFlight.get(token) ?? 1) - 1);
  }
}

/** What a token is good for: all workspaces, one workspace's gid, or nothing but a 403; undefined if it is unknown. */
function findGrant(token: string, options: SimulatorOptions): string | undefined {
  if (token === '') return undefined;
  if (token === options.personalToken) return 'personal';
  for (const accepted of options.token.split(',')) {
    const [, gid = 'all', secret] = /^(?:(\d+):)?(.*)$/.exec(accepted.trim()) ?? [];
    if (secret === token) return gid;
  }
  return undefined;
}

function tooManyRequests(waitMs: number, nowMs: number, options: SimulatorOptions): Refusal {
  const headers = retryAfterHeaders(Math.ceil(waitMs / 1_000), nowMs, options.retryAfter);
  return new Refusal(
    errorAnswer(429, 'You have made too many requests recently. Please, be chill.', headers),
  );
}

function retryAfterHeaders(
  seconds: number,
  nowMs: number,
  form: SimulatorOptions['retryAfter'],
): Readonly<Record<string, string>> {
  switch (form) {
    case 'seconds':
      return { 'retry-after': String(seconds) };
    case 'date':
      return { 'retry-after': new Date(nowMs + seconds * 1_000).toUTCString() };
    case 'negative':
      return { 'retry-after': '-5' };
    case 'absurd':
      return { 'retry-after': '86400000' };
    default:
      return {};
  }
}
