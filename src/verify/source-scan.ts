import { hash } from 'node:crypto';
import type { PageSource } from '../asana/client.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isoTime } from '../clock.ts';
import type { JsonValue } from '../json.ts';
import { readWindow, type Window } from '../stream/window.ts';
import type { Copy } from './compare.ts';
import type { SourceEvent } from './source-event.ts';

export const hashOf = (event: JsonValue): string => hash('sha256', canonicalJson(event), 'base64url');

/** Everything that Asana has in the window, by id. */
export async function scanSource(
  asana: PageSource<SourceEvent>,
  window: Window,
  onProgress: (events: number, atMs: number) => void,
  signal: AbortSignal,
): Promise<Map<string, Copy>> {
  const found = new Map<string, Copy>();
  for await (const { events } of readWindow(asana, window, signal)) {
    for (const { id, createdAtMs, source } of events) {
      // A source that ignores end_at shows more than was asked for.
      if (createdAtMs >= window.endAtMs) continue;
      found.set(id, { id, createdAtMs, hash: hashOf(source), where: `created at ${isoTime(createdAtMs)}` });
    }
    const last = events.at(-1);
    if (last) onProgress(found.size, last.createdAtMs);
  }
  return found;
}
