import type { PassedGap } from '../stream/gap.ts';
import type { Republished } from '../stream/republished.ts';

/** One copy of an event, as far as comparing needs it. */
export interface Copy {
  readonly id: string;
  /** Undefined for a record that cannot be read. */
  readonly createdAtMs: number | undefined;
  /** Of the canonical JSON. */
  readonly hash: string;
  /** Where it was found, for the report. */
  readonly where: string;
}

export interface Finding {
  readonly id: string;
  readonly detail: string;
}

/** What is wrong with a topic, by kind. Nothing is, exactly when all four are empty. */
export interface Findings {
  readonly missing: readonly Finding[];
  readonly duplicate: readonly Finding[];
  readonly altered: readonly Finding[];
  readonly invented: readonly Finding[];
}

export interface Comparison extends Findings {
  readonly sourceEvents: number;
  readonly topicRecords: number;
  readonly deadLetters: number;
  /** Records that an operator had published again: they are not duplicate. */
  readonly republished: number;
  /** Events in a recorded gap: they are not missing. */
  readonly inGaps: number;
}

/** What the state says of events that are there more than once, or not at all. */
export interface Excuses {
  readonly republished: readonly Republished[];
  readonly gaps: readonly PassedGap[];
}

const NO_EXCUSES: Excuses = { republished: [], gaps: [] };

/**
 * Holds what Kafka has against what the source has: the truth comes from the source alone.
 *
 * @param source by id
 * @param topic every record of the events topic that belongs to the window
 * @param deadLetters ids of events that went to the dead letters: they are not missing
 * @param excuses an event may be there once more for each time that its past was published again, and not oftener
 */
export function compare(
  source: ReadonlyMap<string, Copy>,
  topic: Iterable<Copy>,
  deadLetters: ReadonlySet<string>,
  excuses: Excuses = NO_EXCUSES,
): Comparison {
  const seen = new Map<string, { readonly copy: Copy; repeated: number }>();
  let republished = 0;
  let inGaps = 0;
  const findings = {
    missing: [] as Finding[],
    duplicate: [] as Finding[],
    altered: [] as Finding[],
    invented: [] as Finding[],
  };
  let topicRecords = 0;
  for (const copy of topic) {
    topicRecords++;
    const { id, where } = copy;
    const original = source.get(id);
    const first = seen.get(id);
    if (first === undefined) seen.set(id, { copy, repeated: 0 });
    else if (++first.repeated <= timesRepublished(copy, excuses)) republished++;
    else findings.duplicate.push({ id, detail: `${first.copy.where} and ${where}` });
    if (original === undefined) findings.invented.push({ id, detail: where });
    else if (original.hash !== copy.hash)
      findings.altered.push({ id, detail: `${where} is not what Asana sends` });
  }
  let inDeadLetters = 0;
  for (const original of source.values()) {
    const { id, where } = original;
    if (seen.has(id)) continue;
    if (deadLetters.has(id)) inDeadLetters++;
    else if (excuses.gaps.some((gap) => isWithin(original, gap))) inGaps++;
    else findings.missing.push({ id, detail: where });
  }
  return {
    ...findings,
    sourceEvents: source.size,
    topicRecords,
    deadLetters: inDeadLetters,
    republished,
    inGaps,
  };
}

const timesRepublished = (copy: Copy, { republished }: Excuses): number =>
  republished.filter((range) => isWithin(copy, range)).length;

const isWithin = (
  { createdAtMs }: Copy,
  { fromMs = Number.NEGATIVE_INFINITY, toMs }: { fromMs: number | undefined; toMs: number },
): boolean => createdAtMs !== undefined && createdAtMs >= fromMs && createdAtMs < toMs;

export const isClean = ({ missing, duplicate, altered, invented }: Findings): boolean =>
  missing.length + duplicate.length + altered.length + invented.length === 0;
