import { expect, test } from 'vitest';
import { budgetShare } from '../../src/group/budget-share.ts';

const set = (...names: string[]) => new Set(names);

test('the share of a token is that of its streams that run here', () => {
  const all = set('1', '2', '3', '4');
  expect(budgetShare(all, all, set('1'), all)).toBe(0.25);
  expect(budgetShare(all, all, all, all)).toBe(1);
  expect(budgetShare(all, all, set(), all)).toBe(0);
});

test('streams of another token do not count', () => {
  expect(budgetShare(set('1', '2'), set('1', '2', '3'), set('1', '3'), set('1', '2', '3'))).toBe(0.5);
});

test('a stream that only others know may use any token: together the replicas never take more than there is', () => {
  const old = set('1', '2');
  const renewed = set('1', '2', '3');
  const ofOld = budgetShare(old, old, set('1'), renewed);
  const ofRenewed = budgetShare(renewed, renewed, set('2', '3'), renewed);
  expect(ofOld + ofRenewed).toBeLessThanOrEqual(1);
});
