import { hash } from 'node:crypto';
import type { AuditLogClient } from '../asana/client.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isoTime } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import { afterPage, type Chain, type Scope } from '../stream/chain.ts';
import { readEvents } from '../stream/events.ts';
import type { Copy } from './compare.ts';

export const hashOf = (event: JsonValue): string => hash('sha256', canonicalJson(event), 'base64url');

/** Everything that Asana has in `[scope.startAtMs, scope.endAtMs)`, by id. */
export async function scanSource(
  asana: Pick<AuditLogClient, 'fetchPage'>,
  workspaceGid: string,
  scope: Scope & { readonly endAtMs: number },
  onProgress: (events: number) => void,
  signal: AbortSignal,
): Promise<Map<string, Copy>> {
  const found = new Map<string, Copy>();
  for (let chain: Chain | undefined = firstChain(scope, scope.startAtMs); chain !== undefined; ) {
    const page = await asana.fetchPage(chain.query, chain.offset, signal).catch((error) => {
      if (error instanceof ConnectorError && error.disposition === 'catch-up') return undefined;
      throw error;
    });
    if (page === undefined) {
      // The offset has expired: on by time, and what is read twice has the same id.
      chain = firstChain(scope, [...found.values()].at(-1)?.createdAtMs ?? scope.startAtMs);
      continue;
    }
    const events = readEvents(page.events, workspaceGid);
    for (const { id, createdAtMs, source } of events) {
      found.set(id, { id, createdAtMs, hash: hashOf(source), where: `created at ${isoTime(createdAtMs)}` });
    }
    onProgress(found.size);
    const facts = {
      count: events.length,
      lastCreatedAtMs: events.at(-1)?.createdAtMs,
      offset: page.offset,
      asOfMs: page.asOfMs,
    };
    const { next, readToMs } = afterPage(chain, facts, scope);
    chain = readToMs === undefined ? next : undefined;
  }
  return found;
}

const firstChain = (
  { filters, endAtMs }: Scope & { endAtMs: number },
  startAtMs: number | undefined,
): Chain => ({
  mode: 'catching-up',
  query: { filters, startAtMs, endAtMs },
  offset: undefined,
  fullPage: 1,
});
