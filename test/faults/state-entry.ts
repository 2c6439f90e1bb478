/** The state topic's log as evidence: who wrote what, and what each cursor says that the events topic holds. */

import type { StateKeys } from '../../src/kafka/state-keys.ts';
import type { Cursor } from '../../src/stream/cursor.ts';
import { decodeCursor } from '../../src/stream/cursor-record.ts';
import type { DeadLetterRecord, StateRecord, Step, TopicRecord } from '../../src/verify/evidence.ts';
import type { FollowedRecord } from './follow-partition.ts';

export type Claim = Pick<Cursor, 'ends' | 'events' | 'digest' | 'deadLetters' | 'deadLettersEnd'>;

export interface StateEntry extends StateRecord {
  /** Of a cursor. */
  readonly claim: Claim | undefined;
}

/** Undefined for a record of another kind, or of somebody else. */
export function readStateEntry(record: FollowedRecord, keys: StateKeys): StateEntry | undefined {
  const { key, value, writer, offset } = record;
  if (key === keys.session) return { kind: 'session', writer, offset, claim: undefined };
  if (key !== keys.cursor) return undefined;
  const { ends, events, digest, deadLetters, deadLettersEnd } = decodeCursor(key, value);
  return { kind: 'cursor', writer, offset, claim: { ends, events, digest, deadLetters, deadLettersEnd } };
}

/**
 * What each committed cursor in turn adds to the one before: the records of the topics up to its own ends. What lies behind the
 * last one's is a step without a cursor.
 */
export function stepsOf(
  state: readonly StateEntry[],
  topic: readonly TopicRecord[],
  deadLetters: readonly DeadLetterRecord[],
): Step[] {
  const rest = new Map(
    [...Map.groupBy(topic, ({ partition }) => partition)].map(([partition, records]) => [
      partition,
      records.toSorted((a, b) => b.offset - a.offset),
    ]),
  );
  const letters = deadLetters.toSorted((a, b) => b.offset - a.offset);
  const steps = state.flatMap(({ claim, writer }): Step[] => {
    if (claim === undefined) return [];
    const ids = [...rest].flatMap(([partition, records]) => takeBelow(claim.ends.get(partition), records));
    const taken = takeBelow(claim.deadLettersEnd, letters);
    return [{ by: writer, ids: ids.map(({ id }) => id), deadLetters: taken.length, cursor: claim }];
  });
  const left = [...rest.values()].flat().map(({ id }) => id);
  return [...steps, { by: '', ids: left, deadLetters: letters.length, cursor: undefined }];
}

/** Takes what lies below `end` from the end of `records`, which are the youngest first. */
function takeBelow<T extends { readonly offset: number }>(end = 0, records: T[]): T[] {
  const taken: T[] = [];
  for (let last = records.at(-1); last !== undefined && last.offset < end; last = records.at(-1)) {
    taken.push(last);
    records.pop();
  }
  return taken;
}
