import { expect, test } from 'vitest';
import { budgetShare, type ShareFacts, tokenShare } from '../../src/group/budget-share.ts';

const set = (...names: string[]) => new Set(names);
const all = set('1', '2', '3', '4');
const facts = { streamsOfToken: all, configured: all, running: all, streamsOfGroup: all };
const requestsOf = (requestsPerMinute: number, of: ShareFacts) =>
  budgetShare(requestsPerMinute, tokenShare(of));

test('the share of a token is that of its streams that run here, less one request', () => {
  expect(requestsOf(1_200, { ...facts, running: set('1') })).toBe(299);
  expect(requestsOf(1_200, { ...facts, running: set('1', '3') })).toBe(599);
  expect(requestsOf(1_200, facts)).toBe(1_199);
  expect(requestsOf(1_200, { ...facts, running: set() })).toBe(0);
});

test('of a small budget a part is left, and of none there is none', () => {
  expect(requestsOf(4, { ...facts, running: set('1') })).toBe(0.5);
  expect(requestsOf(0, { ...facts, running: set('1') })).toBe(0);
});

test('streams of another token do not count', () => {
  const share = requestsOf(1_200, { ...facts, streamsOfToken: set('1', '2'), running: set('1', '3') });
  expect(share).toBe(599);
});

test('a stream that only others know may use any token: together the replicas never take more than there is', () => {
  const [old, renewed] = [set('1', '2'), set('1', '2', '3')];
  const shareOf = (configured: Set<string>, running: Set<string>) =>
    requestsOf(1_200, { streamsOfToken: configured, configured, running, streamsOfGroup: renewed });
  expect(shareOf(old, set('1')) + shareOf(renewed, set('2', '3'))).toBeLessThanOrEqual(1_200);
});
