import { expect, test } from 'vitest';
import { coloured, deadLetterLine, eventLine, plain } from '../../src/tail/lines.ts';

const EVENT = {
  created_at: '2026-01-31T09:30:00.000Z',
  event_type: 'user_login_failed',
  actor: { actor_type: 'user', gid: '1', name: 'Jane', email: 'jane@example.com' },
  resource: { resource_type: 'user', gid: '2', name: 'Joe' },
  context: { context_type: 'web', client_ip_address: '203.0.113.7' },
};

test('a line has time, type, actor, resource and address', () => {
  expect(eventLine(EVENT, plain)).toMatch(
    /^2026-01-31T09:30:00\.000Z {2}user_login_failed +jane@example\.com {2}on user 2 'Joe' {2}from 203\.0\.113\.7$/,
  );
});

test.each([{}, { actor: 5, resource: [], context: null, event_type: { a: 1 } }, { created_at: null }])(
  'an event like %j has one as well',
  (event) => {
    expect(eventLine(event, plain)).not.toMatch(/undefined|\[object/);
  },
);

test('nothing of an event writes to the terminal, or turns its direction', () => {
  const hostile = '\u001b[31mred\u0007\n\u202eevil\u2028\u009b2J\ud800';
  const line = eventLine({ ...EVENT, event_type: hostile, actor: { email: hostile } }, plain);
  expect(line).not.toMatch(/[\p{Cc}\u202e\u2028\p{Cs}]/u);
  const letter = { partition: 0, offset: 4, key: null, value: null, timestampMs: 0 };
  expect(deadLetterLine({ ...letter, headers: { 'error.message': hostile } }, plain)).not.toMatch(/\p{Cc}/u);
});

test('colour is around time and type only where it is wanted', () => {
  expect(eventLine(EVENT, coloured)).toContain('\u001b[1muser_login_failed');
  expect(eventLine(EVENT, plain)).not.toContain('\u001b');
});
