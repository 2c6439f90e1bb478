import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog, readable } from '../src/log.ts';
import { LOG_LINES } from '../src/log-lines.ts';

function logged(level: 'debug' | 'info' = 'info') {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: createLog(level, { write: (line: string) => lines.push(JSON.parse(line)) }) };
}

test('a line has its id, its level and its message from the list, and the context of its log', () => {
  const { lines, log } = logged();
  log.with({ stream: '111' }).say('stream-finished', { events: 3 });
  expect(lines).toEqual([
    {
      time: expect.any(String),
      level: 'info',
      id: 'stream-finished',
      stream: '111',
      events: 3,
      message: LOG_LINES['stream-finished'].message,
    },
  ]);
});

test('what is said more quietly than usual is left out below that level', () => {
  const { lines, log } = logged('info');
  log.say('session-ended', {}, 'debug');
  expect(lines).toEqual([]);
  log.say('session-ended');
  expect(lines).toMatchObject([{ level: 'warn' }]);
});

test('a line without an error code brings its own next step, one with it the error’s', () => {
  const { lines, log } = logged();
  log.say('dead-letters-written', { count: 1 });
  log.say('stream-halted', { next_step: 'of the error' });
  expect(lines.map(({ next_step }) => next_step)).toEqual([
    LOG_LINES['dead-letters-written'].nextStep,
    'of the error',
  ]);
});

test('ids are kebab-case, and no message is that of two', () => {
  expect(Object.keys(LOG_LINES).filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  const messages = Object.values(LOG_LINES).map(({ message }) => message);
  expect(new Set(messages).size).toBe(messages.length);
});

test.each([true, false])('for a terminal it is a line of text, with colour: %s', async (colorize) => {
  const terminal = new PassThrough();
  createLog('info', readable(terminal, colorize)).say('dead-letters-written', { count: 3 });
  const [chunk] = await once(terminal, 'data');
  const line = String(chunk);
  expect(line).toMatch(/dead letters written.*"count":3.*"next_step":"read them.*\n$/);
  expect(line.startsWith('{')).toBe(false);
  expect(line.includes('\u001b[')).toBe(colorize);
});
