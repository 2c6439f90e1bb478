import { describe, expect, test } from 'vitest';
import { addToDigest, EMPTY_DIGEST } from '../../src/stream/digest.ts';
import type { Evidence, Step, StreamEvidence, TopicRecord } from '../../src/verify/evidence.ts';
import { checkInvariants } from '../../src/verify/invariants.ts';
import { INVARIANTS, type Invariant } from '../../src/verify/violation.ts';

const record = (id: string, offset: number, parts: Partial<TopicRecord> = {}): TopicRecord => ({
  id,
  createdAtMs: 1_000 + offset,
  hash: `hash of ${id}`,
  partition: 0,
  offset,
  late: false,
  ...parts,
});

const cursorAt = (ids: readonly string[], deadLetters: number) => ({
  events: ids.length,
  digest: addToDigest(EMPTY_DIGEST, ids),
  deadLetters,
});

const STEPS: readonly Step[] = [
  { by: 'p1', ids: ['a', 'b'], deadLetters: 0, cursor: cursorAt(['a', 'b'], 0) },
  { by: 'p2', ids: ['c'], deadLetters: 1, cursor: cursorAt(['a', 'b', 'c'], 1) },
];

/** Four events: three in the topic, one among the dead letters, written by two processes one after the other. */
const GOOD: StreamEvidence = {
  stream: 'ws',
  source: ['a', 'b', 'c', 'dead'].map((id) => ({ id, hash: `hash of ${id}` })),
  topic: [record('a', 0), record('b', 1), record('c', 2)],
  deadLetters: [{ hash: 'hash of dead', offset: 0 }],
  steps: STEPS,
  state: [
    { kind: 'session', writer: '1/0', offset: 0 },
    { kind: 'cursor', writer: '1/0', offset: 2 },
    { kind: 'session', writer: '1/1', offset: 4 },
    { kind: 'cursor', writer: '1/1', offset: 6 },
  ],
  reported: new Map([['p1', 2]]),
  mostPagesAhead: 2,
  caughtUp: { completeToMs: 5_000, expectedMs: 5_000 },
};

const evidence = (stream: Partial<StreamEvidence> = {}, parts: Partial<Evidence> = {}): Evidence => ({
  streams: [{ ...GOOD, ...stream }],
  abortedVisible: [],
  partitions: [{ topic: 'events', partition: 0, lastStableOffset: 5, endOffset: 5 }],
  readings: [{ topic: 'events', partition: 0, seen: ['0 a', '1 b'], atTheEnd: ['0 a', '1 b'] }],
  requests: [{ by: 'p1', perMinute: 2, timesMs: [0, 30_000, 60_000, 90_000] }],
  deadProducerUses: [],
  disputes: [],
  ...parts,
});

const steps = (...changed: Partial<Step>[]): { steps: Step[] } => ({
  steps: STEPS.map((step, at) => ({ ...step, ...changed[at] })),
});

const VIOLATIONS: [Invariant, string, Evidence][] = [
  [
    'no-loss',
    'an event is neither in the topic nor a dead letter',
    evidence({ topic: GOOD.topic.slice(0, 2) }),
  ],
  [
    'no-loss',
    'the last event is missing, which nobody has seen',
    evidence({ source: [...GOOD.source, { id: 'z', hash: 'z' }] }),
  ],
  ['no-duplicate', 'an event is in the topic twice', evidence({ topic: [...GOOD.topic, record('a', 3)] })],
  [
    'no-duplicate',
    'an event is in the topic and among the dead letters',
    evidence({ deadLetters: [...GOOD.deadLetters, { hash: 'hash of a', offset: 1 }] }),
  ],
  [
    'no-duplicate',
    'a dead letter is there twice',
    evidence({ deadLetters: [...GOOD.deadLetters, { hash: 'hash of dead', offset: 1 }] }),
  ],
  [
    'no-invention',
    'the topic has an event that Asana never had',
    evidence({ topic: [...GOOD.topic, record('x', 3)] }),
  ],
  [
    'no-invention',
    'a dead letter is no event of Asana’s',
    evidence({ deadLetters: [...GOOD.deadLetters, { hash: 'x', offset: 1 }] }),
  ],
  [
    'fidelity',
    'a record decodes to something else',
    evidence({ topic: GOOD.topic.with(1, record('b', 1, { hash: 'other' })) }),
  ],
  [
    'time-order',
    'an older event follows a younger one, without a mark',
    evidence({ topic: GOOD.topic.with(2, record('c', 2, { createdAtMs: 1_000 })) }),
  ],
  [
    'cursor-agrees',
    'a cursor counts one too many',
    evidence(steps({ cursor: cursorAt(['a', 'b', 'x'], 0) })),
  ],
  [
    'cursor-agrees',
    'a cursor has the right count of other events',
    evidence(steps({ cursor: cursorAt(['a', 'x'], 0) })),
  ],
  [
    'cursor-agrees',
    'a cursor does not count a dead letter',
    evidence(steps({}, { cursor: cursorAt(['a', 'b', 'c'], 0) })),
  ],
  ['cursor-agrees', 'events became visible without a cursor', evidence(steps({ cursor: undefined }))],
  [
    'cursor-agrees',
    'a dead letter became visible without a cursor',
    evidence(steps({}, { ids: [], cursor: undefined })),
  ],
  [
    'no-zombie',
    'a producer of a past session moved the cursor',
    evidence({ state: [...GOOD.state, { kind: 'cursor', writer: '1/0', offset: 8 }] }),
  ],
  [
    'no-zombie',
    'a producer that had been replaced began a session',
    evidence({ state: [...GOOD.state, { kind: 'session', writer: '1/0', offset: 8 }] }),
  ],
  ['no-zombie', 'a cursor without any session', evidence({ state: GOOD.state.slice(1) })],
  [
    'nothing-aborted-visible',
    'an aborted record is visible',
    evidence({}, { abortedVisible: ['events-0@7'] }),
  ],
  [
    'no-hanging-transaction',
    'the last stable offset stays below the end',
    evidence({}, { partitions: [{ topic: 'events', partition: 0, lastStableOffset: 4, endOffset: 5 }] }),
  ],
  [
    'reader-agrees',
    'a reader saw a record that is not there at the end',
    evidence(
      {},
      { readings: [{ topic: 'events', partition: 0, seen: ['0 a', '1 x'], atTheEnd: ['0 a', '1 b'] }] },
    ),
  ],
  [
    'reader-agrees',
    'a reader did not see a record that is there at the end',
    evidence({}, { readings: [{ topic: 'events', partition: 0, seen: ['0 a'], atTheEnd: ['0 a', '1 b'] }] }),
  ],
  [
    'request-budget',
    'three requests in less than a minute, two were allowed',
    evidence({}, { requests: [{ by: 'p1', perMinute: 2, timesMs: [0, 100_000, 130_000, 159_999] }] }),
  ],
  ['bounded-memory', 'three pages were read and not committed', evidence({ mostPagesAhead: 3 })],
  [
    'reported-is-committed',
    'a process reported more than it committed',
    evidence({ reported: new Map([['p1', 3]]) }),
  ],
  [
    'reported-is-committed',
    'a process that committed nothing reported events',
    evidence({ reported: new Map([['p9', 1]]) }),
  ],
  [
    'no-dead-producer-used',
    'a producer was used after its commit had failed',
    evidence({}, { deadProducerUses: ['p1'] }),
  ],
  ['one-owner', 'a stream is run by two replicas', evidence({}, { disputes: ['111: it is run by p1, p2'] })],
  [
    'caught-up',
    'a stream is short of where it should be',
    evidence({ caughtUp: { completeToMs: 4_999, expectedMs: 5_000 } }),
  ],
  [
    'caught-up',
    'a stream has no cursor at all',
    evidence({ caughtUp: { completeToMs: undefined, expectedMs: 5_000 } }),
  ],
];

const named = (of: Evidence): Invariant[] => checkInvariants(of).map(({ invariant }) => invariant);

describe('the invariants', () => {
  test('hold for a stream that is as it should be', () => {
    expect(checkInvariants(evidence())).toEqual([]);
  });

  test.each(VIOLATIONS)('%s is violated where %s, and nothing else is', (invariant, _what, of) => {
    expect(new Set(named(of))).toEqual(new Set([invariant]));
  });

  test('are all shown to be violated by something', () => {
    expect(new Set(VIOLATIONS.map(([invariant]) => invariant))).toEqual(new Set(INVARIANTS));
  });

  test('name the stream and what is wrong with it', () => {
    expect(checkInvariants(evidence({ topic: GOOD.topic.slice(0, 2) }))).toEqual([
      { invariant: 'no-loss', detail: 'ws: c: Asana has it' },
    ]);
  });

  test('allow an older event that is marked as late, and none after it that is not', () => {
    const late = record('c', 2, { createdAtMs: 500, late: true });
    expect(named(evidence({ topic: GOOD.topic.with(2, late) }))).toEqual([]);
  });

  test('allow as many requests as the budget says in each minute, and any number without a budget', () => {
    const requests = [{ by: 'p1', perMinute: 0, timesMs: [1, 2, 3] }];
    expect(named(evidence({}, { requests }))).toEqual([]);
  });

  test('allow a commit that landed although nobody was told', () => {
    expect(named(evidence({ reported: new Map() }))).toEqual([]);
  });
});
