import { expect, test } from 'vitest';
import { createProgress, duration, timeLeft } from '../../src/commands/terminal.ts';
import { FakeClock } from '../support/fake-clock.ts';

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('time left follows from the part that is done, once that says something', () => {
  expect(timeLeft(10_000, 0.25)).toBe(', 25 %, 30 s left');
  expect(timeLeft(1_000, 0.25)).toBe('');
  expect(timeLeft(10_000, undefined)).toBe('');
  expect(timeLeft(10_000, 1)).toBe(', 100 %, 0 s left');
});

test('progress is a line that is drawn anew in a terminal, not too often, and nothing elsewhere', () => {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text) > 0, once: () => {}, isTTY: true };
  const clock = new FakeClock();
  const progress = createProgress(output, clock);
  progress.show('records read', 1);
  progress.show('records read', 2);
  progress.end();
  expect(written).toEqual(['\r\u001b[K1 records read', '\r\u001b[K']);
  const nowhere = createProgress({ ...output, isTTY: false }, clock);
  nowhere.show('records read', 1);
  nowhere.end();
  expect(written).toHaveLength(2);
});
