import type { Query } from '../asana/query.ts';
import type { Mode } from './cursor.ts';

/**
 * A chain of requests: one query, then offset by offset. Catching up, it covers a window of the past and an empty page ends
 * it; live, it goes on for ever.
 */
export interface Chain {
  readonly mode: Mode;
  readonly query: Query;
  readonly offset: string | undefined;
  /** The time of the last event that the chain has shown: where it can be taken up again without the offset. */
  readonly reachedMs: number | undefined;
  readonly habits: Habits;
  /** In a chain that goes by time, a look behind its last millisecond. */
  readonly probe?: Probe;
  /** There was something behind it: so many events the page had, and it has to show more now. */
  readonly probedCount?: number;
}

/** What the chains of a stream have learnt of the source. */
export interface Habits {
  /** Its offsets are refused before they lead anywhere: they are not used. */
  readonly offsetsFail: boolean;
  /** Events of the largest page seen with this limit. */
  readonly largestPage: number;
}

export interface Probe {
  /** To go back to, if there is something. */
  readonly chain: Chain;
  /** Events of the page that it looks behind. */
  readonly count: number;
}

/** What of a page decides where to go on. */
export interface PageFacts {
  readonly count: number;
  /** Of the last event that is not dated in Asana's future. */
  readonly lastCreatedAtMs: number | undefined;
  /** Of the last event, whenever that is. */
  readonly youngestMs: number | undefined;
  readonly offset: string | null;
  readonly asOfMs: number;
}

export interface Step {
  /** Undefined at the end of the scope. */
  readonly next: Chain | undefined;
  /** What Asana has beyond this page, as far as the page shows. */
  readonly left: 'more' | 'unknown' | 'nothing';
  /** The page ended a window: everything created before is read. */
  readonly readToMs: number | undefined;
  /** The page was a look ahead, and its events will be shown again. */
  readonly isPreview?: true;
}
