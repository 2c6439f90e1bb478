import type { Republished } from '../stream/republished.ts';
import type { Finding } from './compare.ts';
import type { PlaceOf, TopicRecord } from './evidence.ts';

interface Passed {
  readonly youngest: TopicRecord;
  readonly createdAtMs: number;
  /** How many of the republications have begun in this partition. */
  readonly begun: number;
}

/**
 * What is in its partition behind a younger record, without the mark of a late one.
 *
 * @param republished as it happened: each is one step back in each partition, to a record of its time, from which the order begins anew
 */
export function timeOrder(
  topic: readonly TopicRecord[],
  republished: readonly Republished[],
  placeOf: PlaceOf,
): Finding[] {
  const findings: Finding[] = [];
  const passed = new Map<number, Passed>();
  for (const record of topic.toSorted((a, b) => a.offset - b.offset)) {
    const { id, partition, createdAtMs, late } = record;
    if (createdAtMs === undefined || late) continue;
    const before = passed.get(partition) ?? { youngest: record, createdAtMs, begun: 0 };
    const begun =
      createdAtMs >= before.createdAtMs ? before.begun : nextTo(createdAtMs, republished, before.begun);
    if (begun !== undefined) passed.set(partition, { youngest: record, createdAtMs, begun });
    else
      findings.push({
        id,
        detail:
          `${placeOf(record)} is older than ${before.youngest.id}` +
          ` at ${placeOf(before.youngest)}, and not marked as late`,
      });
  }
  return findings;
}

/** With the first republication that leads to that time, of those that have not begun. */
function nextTo(timeMs: number, republished: readonly Republished[], begun: number): number | undefined {
  const at = republished.findIndex(
    ({ fromMs = Number.NEGATIVE_INFINITY, toMs }, place) =>
      place >= begun && timeMs >= fromMs && timeMs < toMs,
  );
  return at < 0 ? undefined : at + 1;
}
