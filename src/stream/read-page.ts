import type { PageSource } from '../asana/client.ts';
import type { Query } from '../asana/query.ts';
import type { Clock } from '../clock.ts';
import type { EncodedEvent } from '../encode/encoded-event.ts';
import { lessonsOf, type Predecessor, type Scope } from './chain.ts';
import type { Mode } from './cursor.ts';
import type { StreamEvent } from './events.ts';
import type { Step } from './step.ts';
import type { WindowPage } from './window.ts';
import type { ReadAheadLimits } from './window-plan.ts';

export interface ReaderPorts {
  readonly asana: PageSource<EncodedEvent>;
  readonly clock: Clock;
  readonly scope: Scope;
  /** The longest wait after a page that was not full. */
  readonly pollIntervalMs: number;
  readonly readAhead: ReadAheadLimits;
  /** How much of a backlog is given at once, in bytes of JSON. */
  readonly batchBytes: () => number;
}

/** A page with what it was asked for by, and where it leads. */
export interface ReadPage {
  readonly mode: Mode;
  readonly query: Query;
  readonly events: readonly StreamEvent[];
  readonly offset: string | null;
  readonly asOfMs: number;
  /** The later of Asana's clock and ours. */
  readonly nowMs: number;
  /** Of its JSON. */
  readonly sizeBytes: number;
  /** What it leaves to a chain that takes the place of its own. */
  readonly lessons: Predecessor;
  readonly left: Step['left'];
  readonly readToMs: number | undefined;
  /** It goes on where the cursor is, and not where another page ended. */
  readonly resumes: boolean;
}

export function readPage({ chain, step, page, events }: WindowPage<EncodedEvent>): ReadPage {
  const { offset, asOfMs, nowMs, sizeBytes } = page;
  const { left, readToMs } = step;
  return {
    mode: chain.mode,
    query: chain.query,
    events,
    offset,
    asOfMs,
    nowMs,
    sizeBytes,
    left,
    readToMs,
    lessons: lessonsOf(step.next ?? chain),
    resumes: false,
  };
}
