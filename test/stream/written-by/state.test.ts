/** What one version of the connector leaves to the next, and to the one before: docs/upgrading.md. */

import { describe, expect, test } from 'vitest';
import { filtersFingerprint } from '../../../src/asana/query.ts';
import { contentId } from '../../../src/encode/content-id.ts';
import { stateKeys, statePartition, transactionalId } from '../../../src/kafka/state-keys.ts';
import { deadLettersTopic } from '../../../src/kafka/topics.ts';
import { interpretState } from '../../../src/offsets/stream-state.ts';
import {
  decodeCursor,
  decodePosition,
  encodeCursor,
  encodeReset,
  type Reset,
} from '../../../src/stream/cursor-record.ts';
import { decodePassedGap, encodeGap, passedGaps } from '../../../src/stream/gap.ts';
import { encodeRepublished, republications } from '../../../src/stream/republished.ts';
import { CONNECTOR_VERSION } from '../../../src/version.ts';
import { type StateRecord, WRITTEN_STATES } from './state.ts';

const NAME = 'asana-audit';
const WORKSPACE = '1201234567890123';
const keys = stateKeys(NAME, WORKSPACE);
const bytes = (record: StateRecord) => Buffer.from(JSON.stringify(record));
const json = (value: Buffer): StateRecord => JSON.parse(String(value));
const time = (text: unknown) => Date.parse(String(text));
const gapKey = keys.gap(Date.parse('2026-01-31T00:00:00Z'));
const republishedKey = keys.republished(Date.parse('2026-02-01T00:00:00Z'));

describe.for(WRITTEN_STATES)('the state that $version wrote', ({ records }) => {
  const { cursor, reset, gap, republished } = records;

  // A field that one of the two does not know would be missing here. A field that is new needs a higher version of the record where
  // an older connector must not drop it, and otherwise a file of its own beside this one.
  test('is read, and would be written again, to the last field', () => {
    const position = decodeCursor(keys.cursor, bytes(cursor));
    expect(json(encodeCursor(position))).toEqual({ ...cursor, written_by: CONNECTOR_VERSION });

    const forgotten = decodePosition(keys.cursor, bytes(reset)) as Reset;
    expect(json(encodeReset(forgotten))).toEqual({ ...reset, written_by: CONNECTOR_VERSION });

    const passed = { fromMs: time(gap.from), toMs: time(gap.to), reason: 'refused-by-asana' } as const;
    expect(decodePassedGap(gapKey, bytes(gap))).toEqual(passed);
    const found = { ...passed, message: String(gap.message) };
    expect(json(encodeGap(found, time(gap.found_at)))).toEqual(gap);

    const [again] = republications([[republishedKey, bytes(republished)]], keys);
    expect(again && json(encodeRepublished(again))).toEqual(republished);
  });

  test('means what it meant', () => {
    const position = decodeCursor(keys.cursor, bytes(cursor));
    const watermarkMs = Date.parse('2026-03-14T15:09:26.535Z');
    expect(position).toMatchObject({
      mode: 'live',
      watermarkMs,
      completeToMs: Date.parse('2026-03-14T15:10:00Z'),
      sweptToMs: Date.parse('2026-03-14T14:00:00Z'),
      offset: { value: 'eyJ0eXAi', query: { limit: 100 } },
      eventsTopic: 'asana.audit-log-events',
      events: 797,
      deadLetters: 2,
    });
    expect([...position.committed]).toContainEqual(['1207000000000001', watermarkMs]);
    expect([...position.ends]).toEqual([
      [0, 412],
      [5, 398],
    ]);
  });

  test('is found by the commands', () => {
    const state = interpretState(
      new Map([
        [keys.session, bytes(records.session)],
        [keys.cursor, bytes(cursor)],
        [gapKey, bytes(gap)],
        [keys.unreadable, bytes({ ...records['open-gap'], from: gap.from })],
        [republishedKey, bytes(republished)],
      ]),
      keys,
    );
    expect(state).toMatchObject({
      unreadable: undefined,
      lastSessionAt: '2026-03-14T15:00:00.000Z',
      gaps: [{ reason: 'refused-by-asana' }],
      unreadableFromMs: time(gap.from),
      republished: [{ atMs: time(republished.at) }],
    });
  });
});

test('a field that this version does not know is no reason to refuse a record', () => {
  const [{ records } = {}] = WRITTEN_STATES.slice(-1);
  const cursor = records?.cursor ?? {};
  expect(decodeCursor(keys.cursor, bytes({ ...cursor, hint: { any: [1] } }))).toEqual(
    decodeCursor(keys.cursor, bytes(cursor)),
  );
});

describe('a record of a newer version is refused, with the version of the connector that reads it', () => {
  const newer = (version: number, by?: string) => bytes({ version, written_by: by });
  const tooNew = (message: string) =>
    expect.objectContaining({ code: 'STATE_TOO_NEW', message: expect.stringContaining(message) });

  test('a cursor', () => {
    expect(() => decodePosition(keys.cursor, newer(3, '1.4.0-rc.1'))).toThrow(
      tooNew(
        `the state record ${keys.cursor} is of version 3, written by asana-audit-kafka 1.4.0-rc.1; this is ${CONNECTOR_VERSION}, which reads versions up to 2`,
      ),
    );
  });

  test('whatever it says of its writer', () => {
    expect(() => decodePosition(keys.cursor, newer(3))).toThrow(tooNew('written by a newer one'));
    expect(() => decodePosition(keys.cursor, newer(3, '1\n2\u001b['))).toThrow(
      tooNew('written by a newer one'),
    );
  });

  test('a gap, and what was published again, of this stream and of no other one', () => {
    const other = stateKeys(NAME, '12');
    expect(() => passedGaps([[gapKey, newer(2, '9.0.0')]], keys)).toThrow(tooNew('9.0.0'));
    expect(() => republications([[republishedKey, newer(2, '9.0.0')]], keys)).toThrow(tooNew('9.0.0'));
    expect(passedGaps([[other.gap(0), newer(2)]], keys)).toEqual([]);
    expect(republications([[other.republished(0), newer(2)]], keys)).toEqual([]);
  });
});

// Under another name, the next version would find no state, or fence nobody.
test('the names by which versions find each other stay', () => {
  const stream = `${NAME}/${WORKSPACE}`;
  expect(transactionalId(NAME, WORKSPACE)).toBe(`${NAME}-${WORKSPACE}`);
  expect(statePartition(NAME, WORKSPACE, 12)).toBe(3);
  expect(deadLettersTopic('asana.audit-log-events')).toBe('asana.audit-log-events.dead-letters');
  expect([keys.session, keys.cursor, keys.unreadable, gapKey, republishedKey]).toEqual([
    `${stream}/session`,
    `${stream}/cursor`,
    `${stream}/gap/state-unreadable`,
    `${stream}/gap/2026-01-31T00:00:00.000Z`,
    `${stream}/republished/2026-02-01T00:00:00.000Z`,
  ]);
});

// Else the next version takes the same filters for other ones, or the same event for another one.
test('what versions compare stays', () => {
  const all = { eventType: 'task_deleted', actorType: 'user', actorGid: '12', resourceGid: '34' };
  expect(filtersFingerprint(all)).toBe(
    'event_type=task_deleted&actor_type=user&actor_gid=12&resource_gid=34',
  );
  expect(contentId({ b: 1, a: ['é', null] })).toBe(
    'sha256:6b940ff97b8f64e75080429519f8fe71eb9a5693540a8b6c61147486f08706db',
  );
});
