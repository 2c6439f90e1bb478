/** The invariants of a stream's state: what its cursors, sessions and reports say, against what the topics hold. */

import { addToDigest, EMPTY_DIGEST } from '../stream/digest.ts';
import type { StreamEvidence } from './evidence.ts';

/** At each cursor, its count and digest are those of everything that is visible by then. */
export function cursorAgrees({ steps }: StreamEvidence): string[] {
  let events = 0;
  let deadLetters = 0;
  let digest = EMPTY_DIGEST;
  for (const [at, step] of steps.entries()) {
    events += step.ids.length;
    deadLetters += step.deadLetters;
    digest = addToDigest(digest, step.ids);
    const { cursor } = step;
    if (cursor === undefined) {
      if (step.ids.length + step.deadLetters === 0) continue;
      return [
        `step ${at} brought ${step.ids.length} events and ${step.deadLetters} dead letters without a cursor`,
      ];
    }
    const problems = [
      cursor.events === events ? '' : `${cursor.events} events, the topic has ${events}`,
      cursor.digest === digest ? '' : `digest ${cursor.digest}, the topic's is ${digest}`,
      cursor.deadLetters === deadLetters
        ? ''
        : `${cursor.deadLetters} dead letters, there are ${deadLetters}`,
    ].filter(Boolean);
    // One is enough: all later cursors count on from it.
    if (problems.length > 0) return [`the cursor of step ${at} says ${problems.join('; ')}`];
  }
  return [];
}

/** Behind a session's record, only that session's producer has moved the cursor, and it never comes back after another. */
export function noZombie({ state }: StreamEvidence): string[] {
  const details: string[] = [];
  const past = new Set<string>();
  let owner: string | undefined;
  for (const { kind, writer, offset } of state) {
    if (kind === 'session' && writer !== owner) {
      if (owner !== undefined) past.add(owner);
      if (past.has(writer))
        details.push(`${writer} began a session at offset ${offset}, after another one had`);
      owner = writer;
    } else if (kind === 'cursor' && writer !== owner) {
      details.push(`${writer} moved the cursor at offset ${offset}, in the session of ${owner ?? 'nobody'}`);
    }
  }
  return details;
}

/** Nobody says that events are committed which are not. More may be: a commit whose answer was lost. */
export function reportedIsCommitted({ steps, reported }: StreamEvidence): string[] {
  const committed = new Map<string, number>();
  for (const { by, ids } of steps) committed.set(by, (committed.get(by) ?? 0) + ids.length);
  return [...reported].flatMap(([by, events]) => {
    const real = committed.get(by) ?? 0;
    return events > real ? [`${by} reported ${events} events as committed, and committed ${real}`] : [];
  });
}
