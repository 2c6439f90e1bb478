import { expect, test } from 'vitest';
import { stateKeys } from '../../src/kafka/state-keys.ts';
import { encodeCursor } from '../../src/stream/cursor-record.ts';
import { addToDigest, EMPTY_DIGEST } from '../../src/stream/digest.ts';
import type { Step, TopicRecord } from '../../src/verify/evidence.ts';
import { cursorAgrees } from '../../src/verify/invariant-state.ts';
import { aCursor } from '../stream/a-cursor.ts';
import { readStateEntry, type StateEntry, stepsOf } from './state-entry.ts';

const KEYS = stateKeys('n', '1');

const record = (id: string, partition: number, offset: number): TopicRecord => ({
  id,
  createdAtMs: 0,
  hash: '',
  partition,
  offset,
  late: false,
});

/** Two transactions of a and b, then of c; the markers between them have offsets too. */
const TOPIC = [record('a', 0, 0), record('c', 0, 2), record('b', 1, 0)];

/** What a cursor with these events and ends says, as it is read from the state topic. */
function cursorOf(
  ids: readonly string[],
  ends: readonly [number, number][],
  deadLettersEnd = 0,
): StateEntry[] {
  const cursor = aCursor({
    ends: new Map(ends),
    events: ids.length,
    digest: addToDigest(EMPTY_DIGEST, ids),
    deadLetters: deadLettersEnd,
    deadLettersEnd,
  });
  const entry = readStateEntry(
    { key: KEYS.cursor, value: encodeCursor(cursor), offset: 0, writer: '7/1' },
    KEYS,
  );
  return entry ? [entry] : [];
}

const FIRST = cursorOf(
  ['a', 'b'],
  [
    [0, 1],
    [1, 1],
  ],
);
const SECOND = cursorOf(
  ['a', 'b', 'c'],
  [
    [0, 3],
    [1, 1],
  ],
);

const problemsOf = (steps: readonly Step[]): string[] =>
  cursorAgrees({
    stream: 's',
    source: [],
    topic: [],
    deadLetters: [],
    steps,
    state: [],
    reported: new Map(),
    mostPagesAhead: 0,
    caughtUp: undefined,
  });

test('each cursor is held against what lies below its own ends', () => {
  const steps = stepsOf([...FIRST, ...SECOND], TOPIC, []);
  expect(steps.map(({ by, ids }) => [by, ids])).toEqual([
    ['7/1', ['a', 'b']],
    ['7/1', ['c']],
    ['', []],
  ]);
  expect(problemsOf(steps)).toEqual([]);
});

test('a cursor that compaction has removed leaves its part to the next one', () => {
  expect(problemsOf(stepsOf(SECOND, TOPIC, []))).toEqual([]);
});

test.each([
  ['counts one more than the topic holds', cursorOf(['a', 'b', 'x'], [[0, 1]]), '3 events, the topic has 1'],
  ['has counted other events', cursorOf(['x'], [[0, 1]]), 'digest'],
  ['has a dead letter that is not there', cursorOf(['a'], [[0, 1]], 1), '1 dead letters, there are 0'],
])('a cursor that %s does not agree', (_what, state, problem) => {
  expect(problemsOf(stepsOf(state, TOPIC, []))).toEqual([expect.stringContaining(problem)]);
});

test('a cursor that goes back does not agree, nor does one that a zombie has moved on from the past', () => {
  expect(problemsOf(stepsOf([...FIRST, ...SECOND, ...FIRST], TOPIC, []))).toHaveLength(1);
  const fork = cursorOf(['a', 'b', 'd'], [[1, 2]]);
  expect(problemsOf(stepsOf([...FIRST, ...SECOND, ...fork], [...TOPIC, record('d', 1, 1)], []))).toEqual([
    'the cursor of step 2 says 3 events, the topic has 4; digest ' +
      `${addToDigest(EMPTY_DIGEST, ['a', 'b', 'd'])}, the topic's is ${addToDigest(EMPTY_DIGEST, ['a', 'b', 'c', 'd'])}`,
  ]);
});

test('what lies behind the last cursor has none', () => {
  expect(problemsOf(stepsOf(FIRST, TOPIC, []))).toEqual([
    expect.stringContaining('brought 1 events and 0 dead letters without a cursor'),
  ]);
  expect(problemsOf(stepsOf([...FIRST, ...SECOND], TOPIC, [{ hash: '', offset: 0 }]))).toHaveLength(1);
});

test('of the records of a state topic, those of the stream count', () => {
  const other = stateKeys('n', '2');
  const read = (key: string) => readStateEntry({ key, value: null, offset: 5, writer: '7/2' }, KEYS);
  expect(read(KEYS.session)).toEqual({ kind: 'session', writer: '7/2', offset: 5, claim: undefined });
  expect(read(other.session)).toBeUndefined();
  expect(read(KEYS.gap(0))).toBeUndefined();
});
