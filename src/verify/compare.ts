import { isoTime } from '../clock.ts';
import type { PassedGap } from '../stream/gap.ts';
import type { Republished } from '../stream/republished.ts';
import type { PlaceOf, SourceEvent, TopicRecord } from './evidence.ts';
import { timeOrder } from './time-order.ts';
import type { Unswept } from './unswept.ts';

export interface Finding {
  readonly id: string;
  readonly detail: string;
}

/** What is wrong with a topic, by kind. Nothing is, exactly when all five are empty. */
export interface Findings {
  readonly missing: readonly Finding[];
  readonly duplicate: readonly Finding[];
  readonly altered: readonly Finding[];
  readonly invented: readonly Finding[];
  /** Behind a younger one of its partition, and not marked as late. */
  readonly outOfOrder: readonly Finding[];
}

export interface Comparison extends Findings {
  readonly sourceEvents: number;
  readonly topicRecords: number;
  readonly deadLetters: number;
  /** Records that an operator had published again: they are not duplicate. */
  readonly republished: number;
  /** Lacking, but in a time that the next sweep reads again: not wrong, and not proven either. */
  readonly pending: readonly Finding[];
  /** Events in a recorded gap: they are not missing, and where Asana refuses that time, not invented. */
  readonly inGaps: number;
}

/** What the state says of events that are there more than once, or not at all. */
export interface Excuses {
  /** As it happened. */
  readonly republished: readonly Republished[];
  readonly gaps: readonly PassedGap[];
  /** As of before the topic is read: what a sweep has looked for by then must be there. */
  readonly unswept?: Unswept | undefined;
}

const NO_EXCUSES: Excuses = { republished: [], gaps: [] };
const briefly: PlaceOf = ({ partition, offset }) => `${partition}@${offset}`;

/**
 * Holds what Kafka has against what the source has: the truth comes from the source alone.
 *
 * @param source by id
 * @param topic every record of the events topic that belongs to the window
 * @param deadLetters ids of events that went to the dead letters: they are not missing
 * @param excuses an event may be there once more for each time that its past was published again, and not oftener
 */
export function compare(
  source: ReadonlyMap<string, SourceEvent>,
  topic: readonly TopicRecord[],
  deadLetters: ReadonlySet<string>,
  excuses: Excuses = NO_EXCUSES,
  placeOf: PlaceOf = briefly,
): Comparison {
  const refused = excuses.gaps.filter(isRefused);
  const seen = new Map<string, TopicRecord>();
  const repeated = new Map<string, number>();
  let republished = 0;
  let inGaps = 0;
  const duplicate: Finding[] = [];
  const altered: Finding[] = [];
  const invented: Finding[] = [];
  for (const record of topic) {
    const { id } = record;
    const original = source.get(id);
    const first = seen.get(id);
    if (first === undefined) seen.set(id, record);
    else {
      const times = (repeated.get(id) ?? 0) + 1;
      repeated.set(id, times);
      if (times <= timesRepublished(record, excuses)) republished++;
      else duplicate.push({ id, detail: `${placeOf(first)} and ${placeOf(record)}` });
    }
    if (original !== undefined) {
      if (original.hash !== record.hash || record.problem !== undefined)
        altered.push({ id, detail: `${placeOf(record)} is not what Asana sends` });
    } else if (isInAny(refused, record)) inGaps++;
    else invented.push({ id, detail: placeOf(record) });
  }
  const missing: Finding[] = [];
  const pending: Finding[] = [];
  let inDeadLetters = 0;
  for (const original of source.values()) {
    const { id } = original;
    if (seen.has(id)) continue;
    if (deadLetters.has(id)) inDeadLetters++;
    else if (isInAny(excuses.gaps, original)) inGaps++;
    else {
      const isPending = excuses.unswept !== undefined && isWithin(original, excuses.unswept);
      (isPending ? pending : missing).push({ id, detail: inSource(original) });
    }
  }
  return {
    missing,
    duplicate,
    altered,
    invented,
    outOfOrder: timeOrder(topic, excuses.republished, placeOf),
    sourceEvents: source.size,
    topicRecords: topic.length,
    deadLetters: inDeadLetters,
    republished,
    pending,
    inGaps,
  };
}

/** Nobody can say what was created then. */
export const isRefused = ({ reason }: PassedGap): boolean => reason === 'refused-by-asana';

const inSource = ({ createdAtMs }: SourceEvent): string =>
  createdAtMs === undefined ? 'Asana has it' : `created at ${isoTime(createdAtMs)}`;

const timesRepublished = (record: TopicRecord, { republished }: Excuses): number =>
  republished.filter((range) => isWithin(record, range)).length;

type Dated = Pick<TopicRecord, 'createdAtMs'> | Pick<SourceEvent, 'createdAtMs'>;

export const isInAny = (gaps: readonly PassedGap[], event: Dated): boolean =>
  gaps.some((gap) => isWithin(event, gap));

const isWithin = (
  { createdAtMs }: Dated,
  { fromMs = Number.NEGATIVE_INFINITY, toMs }: { fromMs: number | undefined; toMs: number },
): boolean => createdAtMs !== undefined && createdAtMs >= fromMs && createdAtMs < toMs;

export const isClean = ({ missing, duplicate, altered, invented, outOfOrder }: Findings): boolean =>
  missing.length + duplicate.length + altered.length + invented.length + outOfOrder.length === 0;
