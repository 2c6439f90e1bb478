import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { Confirmation } from '../../src/group/confirmation.ts';
import { Crew, type CrewPorts } from '../../src/group/crew.ts';
import { keepMembership } from '../../src/group/membership.ts';
import { encodeMember } from '../../src/group/protocol.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { GroupModel } from './group-model.ts';

const HEARTBEAT_MS = 500;
const ALL = ['0.0', '1.0', '2.0', '3.0'];
const SILENT = { replica: 'silent', streams: [], running: [], promised: [] };
const partitionOf = (stream: string): number => Number(stream.split('.')[0]);

/** A group on virtual time, whose replicas run streams that end as soon as they are told to. */
function startGroup() {
  const clock = new FakeClock();
  const model = new GroupModel();
  const running = new Map<string, string>();
  const overlaps: string[] = [];
  const join = (replica: string, streams = ALL, watch: Partial<CrewPorts> = {}) => {
    const stop = new AbortController();
    const events: string[] = [];
    const begun: string[] = [];
    const run = async (stream: string, signal: AbortSignal) => {
      begun.push(stream);
      if (running.has(stream)) overlaps.push(`${stream} on ${running.get(stream)} and ${replica}`);
      running.set(stream, replica);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      running.delete(stream);
    };
    const crew = new Crew(
      Map.groupBy(streams, partitionOf),
      { run, givenUp: () => {}, changed: () => {}, ...watch },
      stop.signal,
    );
    const confirmation = new Confirmation();
    const ended = keepMembership(
      { topic: 'state', partitionOf, streams, replica, heartbeatMs: HEARTBEAT_MS },
      {
        group: model,
        crew,
        confirmation,
        clock,
        random: () => 0.5,
        observer: {
          joining: () => {},
          answered: () => {},
          assigned: ({ table }) =>
            events.push(
              `assigned ${table.replicas.map(({ name, streams: own }) => `${name}:${own.length}`)}`,
            ),
          lost: () => events.push('lost'),
          failed: ({ code }) => events.push(code),
        },
      },
      stop.signal,
    );
    return { stop, events, begun, ended, confirmation };
  };
  const runBy = (replica: string) =>
    [...running].flatMap(([stream, by]) => (by === replica ? [stream] : [])).toSorted();
  return { clock, model, join, runBy, overlaps };
}

const ROUNDS_MS = 4 * HEARTBEAT_MS;

describe('a group of replicas', () => {
  test('the first runs all; a second takes half, and those that stay are not begun again', async () => {
    const { clock, join, runBy, overlaps } = startGroup();
    const first = join('a');
    await clock.advance(ROUNDS_MS);
    expect(runBy('a')).toEqual(ALL);

    join('b');
    await clock.advance(ROUNDS_MS);
    expect([runBy('a').length, runBy('b').length]).toEqual([2, 2]);
    expect(first.begun).toHaveLength(4);
    expect(overlaps).toEqual([]);
  });

  test('one that is stopped gives up, leaves, and the other has all within a heartbeat', async () => {
    const { clock, model, join, runBy } = startGroup();
    const [first] = [join('a'), join('b')];
    await clock.advance(ROUNDS_MS);
    first.stop.abort();
    await first.ended;
    expect(runBy('a')).toEqual([]);
    expect(model.memberIds).toHaveLength(1);
    await clock.advance(HEARTBEAT_MS);
    expect(runBy('b')).toEqual(ALL);
  });

  test('one that is stopped while a rebalance waits for others leaves without waiting for them', async () => {
    const { clock, model, join, runBy } = startGroup();
    const [first] = [join('a'), join('b')];
    await clock.advance(ROUNDS_MS);
    // It joins, and does not join again when another one does.
    const silent = { memberId: '', protocol: 'any', metadata: encodeMember('state', SILENT) };
    model.join(silent);
    await clock.advance(ROUNDS_MS);
    model.join(silent);
    await clock.advance(ROUNDS_MS);
    expect(model.isRebalancing).toBe(true);
    first.stop.abort(new Error('stopped'));
    await clock.advance(0);
    expect(runBy('a')).toEqual([]);
    expect(model.memberIds).toEqual(['member-2', 'member-3', 'member-4']);
    await first.ended;
  });

  test('every replica knows who owns what', async () => {
    const { clock, join } = startGroup();
    const [first, second] = [join('a'), join('b')];
    await clock.advance(ROUNDS_MS);
    expect(first.events.at(-1)).toBe('assigned a:2,b:2');
    expect(second.events.at(-1)).toBe('assigned a:2,b:2');
  });

  test('one that the group has gone on without stops all that it runs, and joins as a new member', async () => {
    const { clock, model, join, runBy, overlaps } = startGroup();
    const first = join('a');
    await clock.advance(ROUNDS_MS);
    model.expire('member-1');
    await clock.advance(ROUNDS_MS);
    expect(first.events).toContain('lost');
    expect(model.memberIds).toEqual(['member-2']);
    expect(runBy('a')).toEqual(ALL);
    expect(first.begun).toHaveLength(8);
    expect(overlaps).toEqual([]);
  });

  test('a workspace that only a new replica knows is run by it', async () => {
    const { clock, join, runBy } = startGroup();
    join('a');
    join('b', [...ALL, '4.0']);
    await clock.advance(ROUNDS_MS);
    expect(runBy('b')).toContain('4.0');
  });
});

describe('while the group cannot be asked', () => {
  const unavailable = () => new ConnectorError('KAFKA_UNAVAILABLE', 'no broker answers');

  test('what runs goes on, and the membership too once it answers', async () => {
    const { clock, model, join, runBy } = startGroup();
    const first = join('a');
    await clock.advance(ROUNDS_MS);
    model.failure = unavailable();
    await clock.advance(ROUNDS_MS);
    expect(first.events).toEqual(['assigned a:4', 'KAFKA_UNAVAILABLE']);
    expect(first.begun).toHaveLength(4);
    expect(runBy('a')).toEqual(ALL);
  });

  test('a stream that wants to begin another session waits', async () => {
    const { clock, model, join } = startGroup();
    const first = join('a');
    await clock.advance(ROUNDS_MS);
    let isOurs = false;
    first.confirmation.next(new AbortController().signal).then(() => {
      isOurs = true;
    });
    model.failure = unavailable();
    await clock.advance(HEARTBEAT_MS);
    expect(isOurs).toBe(false);
    await clock.advance(ROUNDS_MS);
    expect(isOurs).toBe(true);
  });
});

test('what was claimed, and ended before the assignment came, is joined for again: the others wait for it', async () => {
  const clock = new FakeClock();
  const model = new GroupModel();
  const claims = [[7], []];
  const crew = {
    get partitions() {
      return claims.shift() ?? [];
    },
    broken: new AbortController().signal,
    take: async () => {},
  };
  const stop = new AbortController();
  const observer = {
    joining: () => {},
    answered: () => {},
    assigned: () => {},
    lost: () => {},
    failed: () => {},
  };
  const options = { topic: 'state', partitionOf, streams: ALL, replica: 'a', heartbeatMs: HEARTBEAT_MS };
  const ports = { group: model, crew, confirmation: new Confirmation(), clock, random: () => 0.5, observer };
  const ended = keepMembership(options, ports, stop.signal);
  await clock.advance(ROUNDS_MS);
  expect(model.generation).toBe(2);
  stop.abort();
  await ended;
});

test('that a rebalance has begun confirms nothing', async () => {
  const { clock, model, join } = startGroup();
  const silent = { memberId: '', protocol: 'any', metadata: encodeMember('state', SILENT) };
  const first = join('a');
  await clock.advance(ROUNDS_MS);
  model.join(silent);
  await clock.advance(ROUNDS_MS);
  let isOurs = false;
  first.confirmation.next(new AbortController().signal).then(() => {
    isOurs = true;
  });
  // The one that is silent does not join again for another, and the rebalance waits for it.
  model.join(silent);
  await clock.advance(ROUNDS_MS);
  expect(isOurs).toBe(false);
});

test('what no retry heals ends the membership: it gives up, leaves, and throws', async () => {
  const { clock, model, join, runBy } = startGroup();
  const first = join('a');
  await clock.advance(ROUNDS_MS);
  const ended = expect(first.ended).rejects.toThrow('not allowed');
  model.failure = new ConnectorError('KAFKA_UNAUTHORIZED', 'not allowed');
  await clock.advance(HEARTBEAT_MS);
  await ended;
  expect(runBy('a')).toEqual([]);
  expect(model.memberIds).toEqual([]);
});

const fail = () => {
  throw new Error('a defect');
};

test.each<Partial<CrewPorts>>([{ run: async () => fail() }, { changed: fail }])(
  'what a port of its crew throws (%o) ends the membership: it gives up, leaves, and throws that',
  async (watch) => {
    const { clock, model, join, runBy } = startGroup();
    const first = join('a', ALL, watch);
    const ended = expect(first.ended).rejects.toThrow('a defect');
    await clock.advance(ROUNDS_MS);
    await ended;
    expect(runBy('a')).toEqual([]);
    expect(model.memberIds).toEqual([]);
  },
);
