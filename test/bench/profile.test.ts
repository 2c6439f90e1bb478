import { expect, test } from 'vitest';
import { renderProfile, summarizeProfile } from '../../bench/profile.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });
const SRC = 'file:///home/somebody/src';

const profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 7, 8] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('send', 'file:///x/node_modules/kafkajs/src/producer/send.js'), children: [4] },
    { id: 4, callFrame: frame('write', 'node:net'), children: [5] },
    { id: 5, callFrame: frame('writeBuffer') },
    { id: 7, callFrame: frame('(garbage collector)') },
    { id: 8, callFrame: frame('commit', `${SRC}/stream/committer.ts`), children: [9] },
    { id: 9, callFrame: frame('parseJson', `${SRC}/json.ts`) },
  ],
  samples: [2, 3, 5, 5, 7, 8, 9],
  timeDeltas: [50_000, 10_000, 20_000, 10_000, 5_000, 15_000, 40_000],
};

const shares = (of: readonly { name: string; ms: number }[]) =>
  Object.fromEntries(of.map(({ name, ms }) => [name, ms]));

test('self time is summed by function, without what was idle', () => {
  const { functions, totalMs, idleMs } = summarizeProfile(profile);
  expect([totalMs, idleMs]).toEqual([150, 50]);
  expect(functions.slice(0, 2)).toEqual([
    { name: 'parseJson src/json.ts:10', ms: 40, share: 0.4 },
    { name: 'writeBuffer', ms: 30, share: 0.3 },
  ]);
});

test('a function without a file belongs to the module that called it, and JSON.parse to itself', () => {
  expect(shares(summarizeProfile(profile).modules)).toEqual({
    kafkajs: 10,
    node: 30,
    'garbage collector': 5,
    'ours: src/stream': 15,
    'JSON.parse': 40,
  });
});

test("Node's own work is charged to who called for it", () => {
  expect(shares(summarizeProfile(profile).owners)).toMatchObject({ kafkajs: 40, 'ours: src/stream': 15 });
});

test('the rendered table names no folder of the machine', () => {
  expect(renderProfile(summarizeProfile(profile), 25)).not.toContain('somebody');
});
