/** All events of the simulated Asana, asked for as anybody can: what an example says of the topic is checked against them. */

import type { ConnectorEnvironment } from '../demo/services.ts';

/** What the examples use of an event, as Asana sends it. */
export type AsanaEvent = {
  created_at: string;
  event_type?: string;
  event_category?: string;
  actor?: { gid?: string; email?: string };
  context?: { client_ip_address?: string };
  details?: { method?: unknown };
};

type Page = { data: AsanaEvent[]; next_page: { offset: string } | null };

const ANSWER_TIMEOUT_MS = 30_000;

/** In time order. Throws when a page is refused. */
export async function fetchAsanaEvents(
  env: ConnectorEnvironment,
  signal: AbortSignal,
): Promise<AsanaEvent[]> {
  const events: AsanaEvent[] = [];
  const url = new URL(`${env.ASANA_BASE_URL}/workspaces/${env.ASANA_WORKSPACES}/audit_log_events`);
  for (;;) {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${env.ASANA_TOKEN}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
    const { data, next_page }: Page = JSON.parse(await answer.text());
    events.push(...data);
    // Only an empty page says that there is no more.
    if (data.length === 0 || next_page === null) return events;
    url.searchParams.set('offset', next_page.offset);
  }
}
