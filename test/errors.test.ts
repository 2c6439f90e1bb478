import { expect, test } from 'vitest';
import { ERROR_CODES, ERRORS, type ErrorCode } from '../src/error-list.ts';
import { ConnectorError, messageOf, toConnectorError } from '../src/errors.ts';

test.each(Object.keys(ERRORS) as ErrorCode[])('%s has a disposition and a next step of one line', (code) => {
  const error = new ConnectorError(code, 'what happened');
  expect(error.disposition).toBe(ERRORS[code].disposition);
  expect(error.nextStep).toMatch(/^[^\n]{10,}$/);
});

test('only what Asana itself may heal is repeated as a request', () => {
  const repeated = Object.entries(ERRORS).filter(([, { disposition }]) => disposition === 'retry-request');
  expect(repeated.map(([code]) => code)).toEqual([
    'ASANA_UNREACHABLE',
    'ASANA_SERVER_ERROR',
    'ASANA_ANSWER_INVALID',
    'ASANA_RATE_LIMITED',
  ]);
});

test('a command that has ended is not told that something is tried again, or goes on, by itself', () => {
  for (const code of ERROR_CODES) {
    const { commandNextStep } = new ConnectorError(code, 'what happened');
    expect(commandNextStep).toMatch(/^[^\n]{10,}$/);
    if (['retry-request', 'new-session'].includes(ERRORS[code].disposition))
      expect(commandNextStep).not.toMatch(/tried again|nothing[:,]/);
  }
  const { nextStep, commandNextStep } = new ConnectorError('SCHEMA_REGISTRY_UNAVAILABLE', 'what happened');
  expect(nextStep).toBe('it is tried again; if it stays, check SCHEMA_REGISTRY_URL and the registry');
  expect(commandNextStep).toBe('check SCHEMA_REGISTRY_URL and the registry; then repeat the command');
});

test('what was not foreseen is INTERNAL with its cause, what was stays as it is', () => {
  const cause = new TypeError('x is not a function');
  expect(toConnectorError(cause)).toMatchObject({ code: 'INTERNAL', message: cause.message, cause });
  const known = new ConnectorError('ASANA_FORBIDDEN', 'no');
  expect(toConnectorError(known)).toBe(known);
});

test.each([
  [new Error('a text'), 'a text'],
  ['a thrown text', 'a thrown text'],
  [undefined, 'undefined'],
  [new TypeError(), 'TypeError'],
  [
    new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]),
    'refused by ::1; refused by 127.0.0.1',
  ],
  [new AggregateError([], 'a text of its own'), 'a text of its own'],
])('%s is never without words', (thrown, words) => {
  expect(messageOf(thrown)).toBe(words);
});
