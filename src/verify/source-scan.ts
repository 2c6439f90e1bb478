import { hash } from 'node:crypto';
import type { PageSource } from '../asana/client.ts';
import { RefusedForGood } from '../asana/patient-client.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isoTime } from '../clock.ts';
import { ConnectorError } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import { around, type PassedGap } from '../stream/gap.ts';
import { readWindow, type Window } from '../stream/window.ts';
import type { SourceEvent as Shown } from './evidence.ts';
import type { SourceEvent } from './source-event.ts';

export const hashOf = (event: JsonValue): string => hash('sha256', canonicalJson(event), 'base64url');

/**
 * Everything that Asana has in the window, by id. Throws ASANA_REFUSED_FOR_GOOD where there is more that it refuses than is known.
 *
 * @param refused times that nobody asks for
 */
export async function scanSource(
  asana: PageSource<SourceEvent>,
  window: Window,
  refused: readonly PassedGap[],
  onProgress: (events: number, atMs: number) => void,
  signal: AbortSignal,
): Promise<Map<string, Shown>> {
  const found = new Map<string, Shown>();
  for (const piece of piecesOf(window, refused)) {
    for await (const { events } of readSaying(asana, piece, signal)) {
      for (const { id, createdAtMs, source } of events) {
        // A source that ignores end_at shows more than was asked for.
        if (createdAtMs < piece.endAtMs) found.set(id, { id, createdAtMs, hash: hashOf(source) });
      }
      const last = events.at(-1);
      if (last) onProgress(found.size, last.createdAtMs);
    }
  }
  return found;
}

function piecesOf({ filters, startAtMs, endAtMs }: Window, refused: readonly PassedGap[]): Window[] {
  const range = { fromMs: startAtMs ?? Number.NEGATIVE_INFINITY, toMs: endAtMs };
  return around(range, refused).map(({ fromMs, toMs }) => ({
    filters,
    startAtMs: Number.isFinite(fromMs) ? fromMs : undefined,
    endAtMs: toMs,
  }));
}

/** A refusal that no gap record knows ends the proof: what it is about is said in those words. */
async function* readSaying(asana: PageSource<SourceEvent>, window: Window, signal: AbortSignal) {
  try {
    yield* readWindow(asana, window, signal);
  } catch (thrown) {
    throw thrown instanceof RefusedForGood ? notRecorded(thrown) : thrown;
  }
}

function notRecorded(refused: RefusedForGood): ConnectorError {
  const { startAtMs } = refused.query;
  const from = startAtMs === undefined ? 'the oldest event' : isoTime(startAtMs);
  return new ConnectorError(
    refused.code,
    `Asana answers for other times, but refuses what was created from ${from} on, and no gap record says so: ${refused.message}`,
    { cause: refused },
  );
}
