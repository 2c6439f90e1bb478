import { expect, test } from 'vitest';
import { parseCpuMs } from '../../bench/cores.ts';

test('user and system time are found behind a name with spaces and parentheses', () => {
  const stat = '4242 (node (a) b) S 1 4242 4242 0 -1 4194560 5 0 0 0 120 30 7 9 20 0 11 0 100 1 2';
  expect(parseCpuMs(stat)).toBe(1_500);
});
