import type { Page } from '../../src/asana/client.ts';
import type { Query } from '../../src/asana/query.ts';
import type { EncodedEvent } from '../../src/encode/encoded-event.ts';
import { anEvent } from './an-event.ts';

export interface SourceOptions {
  /** Of the events, in order; an event's gid is its place. */
  readonly timesMs: readonly number[];
  readonly pageSize: number;
  readonly asOfMs: number;
  readonly roundTripMs?: number;
  /** Of a full one. */
  readonly pageBytes?: number;
}

/** Asana as its contract says it is, with what was asked of it. */
export class Source {
  requests = 0;
  emptyAnswers = 0;
  inFlight = 0;
  mostInFlight = 0;
  readonly #options: SourceOptions;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  readonly fetchPage = async (query: Query, offset: string | undefined): Promise<Page<EncodedEvent>> => {
    const { timesMs, asOfMs, roundTripMs = 250, pageBytes = 1_000 } = this.#options;
    this.requests++;
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    const pageSize = query.limit ?? this.#options.pageSize;
    const start = offset === undefined ? firstAtOrAfter(timesMs, query.startAtMs ?? 0) : Number(offset);
    const end = query.endAtMs === undefined ? timesMs.length : firstAtOrAfter(timesMs, query.endAtMs);
    const events = [];
    for (let at = start; at < Math.min(end, start + pageSize); at++) {
      events.push(anEvent(`${at}`, timesMs[at]));
    }
    if (events.length === 0) this.emptyAnswers++;
    const sizeBytes = (pageBytes * events.length) / pageSize;
    return {
      events,
      offset: `${start + events.length}`,
      asOfMs,
      nowMs: asOfMs,
      sizeBytes,
      roundTripMs,
    };
  };
}

/** Where `timeMs` or the first later one is in `timesMs`, which ascend. */
function firstAtOrAfter(timesMs: readonly number[], timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
