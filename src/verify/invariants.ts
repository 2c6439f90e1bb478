/** The promise as checks: pure, over evidence from anywhere. Each has a name, and says what it found. */

import { compare, type Finding } from './compare.ts';
import type { Evidence, StreamEvidence } from './evidence.ts';
import { checkPartitions, checkReadings, checkRequests } from './invariant-bounds.ts';
import { cursorAgrees, noZombie, reportedIsCommitted } from './invariant-state.ts';
import type { Invariant, Violation } from './violation.ts';

/** One page is being committed while the next one is on its way. */
const MOST_PAGES_AHEAD = 2;

/** Everything that is wrong; nothing is, exactly when the promise was kept in this run. */
export function checkInvariants(evidence: Evidence): Violation[] {
  return [
    ...evidence.streams.flatMap(checkStream),
    ...evidence.abortedVisible.map(
      (where): Violation => ({ invariant: 'nothing-aborted-visible', detail: where }),
    ),
    ...evidence.deadProducerUses.map(
      (what): Violation => ({ invariant: 'no-dead-producer-used', detail: what }),
    ),
    ...evidence.disputes.map((what): Violation => ({ invariant: 'one-owner', detail: what })),
    ...checkPartitions(evidence.partitions),
    ...checkReadings(evidence.readings),
    ...checkRequests(evidence.requests),
  ];
}

function checkStream(stream: StreamEvidence): Violation[] {
  const details: [Invariant, string[]][] = [
    ...contents(stream),
    ['cursor-agrees', cursorAgrees(stream)],
    ['no-zombie', noZombie(stream)],
    ['reported-is-committed', reportedIsCommitted(stream)],
    ['bounded-memory', boundedMemory(stream)],
    ['caught-up', caughtUp(stream)],
  ];
  return details.flatMap(([invariant, found]) =>
    found.map((detail) => ({ invariant, detail: `${stream.stream}: ${detail}` })),
  );
}

/** The topic against the source. A dead letter holds its event whole, so that its hash says which one it is. */
function contents({ source, topic, deadLetters }: StreamEvidence): [Invariant, string[]][] {
  const idOfHash = new Map(source.map(({ id, hash }) => [hash, id]));
  const dead = new Map<string, number>();
  const found = compare(
    new Map(source.map((event) => [event.id, event])),
    topic,
    new Set(deadLetters.flatMap(({ hash }) => idOfHash.get(hash) ?? [])),
  );
  const duplicates = found.duplicate.map(inWords);
  const inventions = found.invented.map(inWords);
  const published = new Set(topic.map(({ id }) => id));
  for (const { hash, offset } of deadLetters) {
    const id = idOfHash.get(hash);
    const before = dead.get(hash);
    if (before !== undefined) duplicates.push(`dead letters ${before} and ${offset} are the same event`);
    if (id === undefined) inventions.push(`dead letter ${offset} is no event of Asana's`);
    else if (published.has(id)) duplicates.push(`${id} is in the topic and in dead letter ${offset}`);
    dead.set(hash, offset);
  }
  return [
    ['no-loss', found.missing.map(inWords)],
    ['no-duplicate', duplicates],
    ['no-invention', inventions],
    ['fidelity', found.altered.map(inWords)],
    ['time-order', found.outOfOrder.map(inWords)],
  ];
}

const inWords = ({ id, detail }: Finding): string => `${id}: ${detail}`;

const boundedMemory = ({ mostPagesAhead }: StreamEvidence): string[] =>
  mostPagesAhead > MOST_PAGES_AHEAD
    ? [`${mostPagesAhead} pages were at hand and not committed, more than ${MOST_PAGES_AHEAD}`]
    : [];

function caughtUp({ caughtUp: goal }: StreamEvidence): string[] {
  if (goal === undefined) return [];
  const { completeToMs, expectedMs } = goal;
  if (completeToMs !== undefined && completeToMs >= expectedMs) return [];
  const behind = completeToMs === undefined ? 'has no cursor' : `is ${expectedMs - completeToMs} ms short`;
  return [`after everything had healed, it ${behind}`];
}
