import { expect, test } from 'vitest';
import { formatCounts, isSuccess } from './count-tests.ts';

test('the line names skipped tests only when there are any', () => {
  expect(formatCounts({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(formatCounts({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
});

test.each([
  [{ passed: 1, failed: 0, skipped: 0 }, true],
  [{ passed: 1, failed: 1, skipped: 0 }, false],
  [{ passed: 0, failed: 0, skipped: 5 }, false],
  [{ passed: 0, failed: 0, skipped: 0 }, false],
])('a run with %o is a success: %s', (counts, success) => {
  expect(isSuccess(counts)).toBe(success);
});
