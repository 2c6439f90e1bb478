import { expect, test } from 'vitest';
import { requireStartAt } from '../../src/config/start-at.ts';

const NOW_MS = Date.parse('2026-01-31T09:30:00.000Z');

test.each([undefined, 0, NOW_MS, NOW_MS + 60_000])('START_AT may be %s', (startAtMs) => {
  expect(() => requireStartAt({ START_AT: startAtMs }, NOW_MS)).not.toThrow();
});

test('more than a minute from now, it is refused, with both times', () => {
  expect(() => requireStartAt({ START_AT: NOW_MS + 60_001 }, NOW_MS)).toThrow(
    /got 2026-01-31T09:31:00.001Z, and it is 2026-01-31T09:30:00.000Z/,
  );
});
