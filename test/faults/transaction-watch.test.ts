import { expect, test } from 'vitest';
import { request, response } from './kafka-frames.ts';
import { ApiKey, createKafkaTap } from './kafka-tap.ts';
import type { Side, Tap } from './tcp-proxy.ts';
import { KILL_POINTS, type KillPoint, TransactionWatch } from './transaction-watch.ts';

const TOPICS = { events: 'a.events', state: 'a.state' };

/** One session: it fences, reads, and commits a page. */
const SESSION: readonly (readonly [what: string, from: Side, bytes: Buffer])[] = [
  ['init asked', 'client', request(ApiKey.InitProducerId, 1, '')],
  ['init answered', 'server', response(1)],
  ['fetch asked', 'client', request(ApiKey.Fetch, 2, 'a.state')],
  ['fetch answered', 'server', response(2)],
  ['begin asked', 'client', request(ApiKey.AddPartitionsToTxn, 3, 'a.events')],
  ['begin answered', 'server', response(3)],
  ['first send asked', 'client', request(ApiKey.Produce, 4, 'a.events')],
  ['second send asked', 'client', request(ApiKey.Produce, 5, 'a.events')],
  ['first send answered', 'server', response(4)],
  ['second send answered', 'server', response(5)],
  ['state begin asked', 'client', request(ApiKey.AddPartitionsToTxn, 6, 'a.state')],
  ['state begin answered', 'server', response(6)],
  ['state asked', 'client', request(ApiKey.Produce, 7, 'a.state')],
  ['state answered', 'server', response(7)],
  ['commit asked', 'client', request(ApiKey.EndTxn, 8, '')],
  ['commit answered', 'server', response(8)],
];

/** What had passed when the point was hit, and in what state. */
function passedAt(point: KillPoint) {
  const commits: number[] = [];
  const watch = new TransactionWatch(TOPICS, (atMs) => commits.push(atMs));
  const tap: Tap = createKafkaTap(watch.see);
  let hitIn: string | undefined;
  watch.aim(point, 1, (state) => {
    hitIn = state;
  });
  const passed: string[] = [];
  for (const [what, from, bytes] of SESSION) {
    const seen = tap.see(from, bytes);
    if (seen !== false) passed.push(what);
    if (typeof seen === 'function') seen();
    if (hitIn !== undefined) break;
  }
  return { last: passed.at(-1), hitIn, commits: commits.length };
}

test.each([
  ['fencing sent', 'init asked', 'none'],
  ['reading the state', 'fetch asked', 'none'],
  ['begin sent', 'begin asked', 'open'],
  ['first partition sent', 'second send asked', 'open'],
  ['all events sent', 'state begin answered', 'open'],
  ['state record sent', 'state asked', 'open'],
  ['commit sent', 'commit asked', 'committing'],
  ['commit done, its answer lost', 'commit asked', 'none'],
  ['commit acknowledged', 'commit answered', 'none'],
] as const)('%s: %s is the last that passed', (point, last, state) => {
  expect(passedAt(point)).toMatchObject({ last, hitIn: state });
});

test('every point is hit in a session', () => {
  for (const point of KILL_POINTS) expect(passedAt(point).hitIn, point).toBeDefined();
});

test('an abort is no commit', () => {
  const commits: number[] = [];
  const watch = new TransactionWatch(TOPICS, (atMs) => commits.push(atMs));
  const tap = createKafkaTap(watch.see);
  tap.see('client', request(ApiKey.AddPartitionsToTxn, 1, 'a.events'));
  tap.see('client', request(ApiKey.EndTxn, 2, '', 0));
  tap.see('server', response(2));
  expect(commits).toEqual([]);
  expect(watch.state).toBe('none');
});
