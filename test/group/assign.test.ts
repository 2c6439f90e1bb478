import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, type Member } from '../../src/group/assign.ts';

const MOST_ROUNDS = 3;

/** Streams are called `<partition>.<number>`. */
const partitionOf = (stream: string): number => Number(stream.split('.')[0]);
const streamsIn = (sizes: readonly number[]): string[] =>
  sizes.flatMap((size, partition) => Array.from({ length: size }, (_, at) => `${partition}.${at}`));

const newcomer = (id: string, streams: readonly string[]): Member => ({
  id,
  streams,
  running: [],
  promised: [],
});

/** One rebalance after which each member has given up what is not its own any more. */
function rebalance(members: readonly Member[]): Member[] {
  const assigned = assign(members, partitionOf);
  return members.map((member) => {
    const { partitions, promised } = assigned.get(member.id) ?? { partitions: [], promised: [] };
    return { ...member, running: partitions, promised };
  });
}

/** Rebalances until nothing changes. */
function settle(members: readonly Member[]): Member[] {
  let current = [...members];
  for (let round = 0; round < MOST_ROUNDS; round++) current = rebalance(current);
  expect(rebalance(current)).toEqual(current);
  return current;
}

const loadOf = ({ running, streams }: Member): number =>
  streams.filter((stream) => running.includes(partitionOf(stream))).length;
const owned = (members: readonly Member[]): number[] =>
  members.flatMap(({ running }) => running).toSorted((a, b) => a - b);
const partitionsWithStreams = (sizes: readonly number[]): number[] =>
  sizes.flatMap((size, partition) => (size > 0 ? [partition] : []));
const spreadOf = (members: readonly Member[]): number => {
  const loads = members.map(loadOf);
  return Math.max(...loads) - Math.min(...loads);
};

const ids = fc.uniqueArray(fc.stringMatching(/^[a-f]{1,3}$/), { minLength: 1, maxLength: 6 });
const sizes = fc.array(fc.nat(12), { minLength: 1, maxLength: 14 });
const fleetOf = (streams: fc.Arbitrary<number[]>) =>
  fc.tuple(ids, streams).map(([members, each]) => ({
    members: members.map((id) => newcomer(id, streamsIn(each))),
    streams: each,
  }));
const fleet = fleetOf(sizes);
const smallFleet = fleetOf(fc.array(fc.nat(12), { minLength: 1, maxLength: 9 }));

function subsetSums(values: readonly number[]): ReadonlySet<number> {
  const sums = new Set([0]);
  for (const value of values) for (const sum of [...sums]) sums.add(sum + value);
  return sums;
}

describe('once settled', () => {
  test('every partition that has streams has exactly one owner, and no other has any', () => {
    fc.assert(
      fc.property(fleet, ({ members, streams }) => {
        expect(owned(settle(members))).toEqual(partitionsWithStreams(streams));
      }),
    );
  });

  test('no exchange of partitions brings two members closer together', () => {
    fc.assert(
      fc.property(smallFleet, ({ members, streams }) => {
        const settled = settle(members);
        for (const one of settled)
          for (const other of settled) {
            const sums = subsetSums([...one.running, ...other.running].map((at) => streams[at] ?? 0));
            const all = loadOf(one) + loadOf(other);
            const least = Math.min(...[...sums].map((sum) => Math.abs(all - 2 * sum)));
            if (one !== other)
              expect(Math.abs(loadOf(one) - loadOf(other))).toBeLessThanOrEqual(Math.max(1, least));
          }
      }),
    );
  });

  test('with one stream a partition the members differ by at most one', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 40 }), (names, partitions) => {
        const streams = streamsIn(Array(partitions).fill(1));
        expect(spreadOf(settle(names.map((id) => newcomer(id, streams))))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('100 workspaces in 12 partitions differ by at most one stream among 3 replicas', () => {
    const streams = streamsIn([8, 11, 6, 9, 7, 8, 12, 5, 10, 8, 9, 7]);
    expect(
      settle(['a', 'b', 'c'].map((id) => newcomer(id, streams)))
        .map(loadOf)
        .toSorted(),
    ).toEqual([33, 33, 34]);
  });

  test('more members than partitions stand by', () => {
    const settled = settle(['a', 'b', 'c'].map((id) => newcomer(id, streamsIn([5]))));
    expect(settled.map(loadOf).toSorted()).toEqual([0, 0, 5]);
  });
});

describe('when members come and go', () => {
  const change = fc.tuple(fleet, fc.nat(), fc.boolean());

  test('nothing is ever given out that another member still runs, and nobody gets what is on its way to another', () => {
    fc.assert(
      fc.property(change, ([{ members, streams }, pick, isJoin]) => {
        const settled = settle(members);
        const changed = isJoin
          ? [...settled, newcomer('new', streamsIn(streams))]
          : settled.filter((_, at) => at !== pick % settled.length);
        const assigned = assign(changed, partitionOf);
        for (const { id, running } of changed)
          for (const other of changed)
            if (other.id !== id)
              for (const partition of running)
                expect(assigned.get(other.id)?.partitions).not.toContain(partition);
      }),
    );
  });

  test('what a member was promised is what it gets, so that it settles in two rebalances', () => {
    fc.assert(
      fc.property(fleet, ({ members, streams }) => {
        const first = rebalance([...settle(members), newcomer('new', streamsIn(streams))]);
        const second = rebalance(first);
        for (const { id, running, promised } of first)
          expect(second.find((member) => member.id === id)?.running).toEqual(
            [...running, ...promised].toSorted((a, b) => a - b),
          );
        expect(rebalance(second)).toEqual(second);
      }),
    );
  });

  test('with one stream a partition, one that leaves moves nothing but its own', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 40 }), fc.nat(), (names, partitions, pick) => {
        const streams = streamsIn(Array(partitions).fill(1));
        const settled = settle(names.map((id) => newcomer(id, streams)));
        const rest = settled.filter((_, at) => at !== pick % settled.length);
        const after = settle(rest);
        for (const { id, running } of rest)
          expect(after.find((member) => member.id === id)?.running).toEqual(
            expect.arrayContaining([...running]),
          );
      }),
    );
  });

  test('with one stream a partition, one that joins takes its share and moves nothing between the others', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 40 }), (names, partitions) => {
        const streams = streamsIn(Array(partitions).fill(1));
        const before = settle(names.map((id) => newcomer(id, streams)));
        const after = settle([...before, newcomer('new', streams)]);
        for (const { id, running } of before) {
          const now = after.find((member) => member.id === id)?.running ?? [];
          expect(running).toEqual(expect.arrayContaining([...now]));
        }
        const share = Math.floor(partitions / (names.length + 1));
        expect(after.find(({ id }) => id === 'new')?.running.length).toBeGreaterThanOrEqual(share);
      }),
    );
  });

  test('one that stays alone gets everything', () => {
    const [first] = settle(['a', 'b'].map((id) => newcomer(id, streamsIn([3, 4]))));
    expect(settle(first ? [first] : [])[0]?.running).toEqual([0, 1]);
  });
});

describe('while another configuration is rolled out', () => {
  test('a workspace that only some know is run by one of them', () => {
    const settled = settle(['a', 'b'].map((id) => newcomer(id, ['0.0', '1.0'])));
    const renewed = settle([...settled, newcomer('c', ['0.0', '1.0', '2.0'])]);
    expect(renewed.find(({ id }) => id === 'c')?.running).toContain(2);
  });

  test('a partition goes to those that know the most of its streams, so that none is left out', () => {
    const settled = settle([newcomer('a', ['0.0'])]);
    const renewed = settle([...settled, newcomer('b', ['0.0', '0.1'])]);
    expect(renewed.find(({ id }) => id === 'b')?.running).toEqual([0]);
  });

  test('what nobody is configured with any more is given up', () => {
    const member = { id: 'a', streams: ['0.0'], running: [0, 1], promised: [2] };
    expect(assign([member], partitionOf).get('a')).toEqual({ partitions: [0], promised: [] });
  });
});

test('what two members claim to run is given to neither before one of them has given it up', () => {
  const claim = (id: string) => ({ id, streams: ['0.0'], running: [0], promised: [] });
  const assigned = assign([claim('a'), claim('b')], partitionOf);
  expect([...assigned.values()].flatMap(({ partitions }) => partitions)).toEqual([]);
});
