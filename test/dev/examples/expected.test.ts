import { expect, test } from 'vitest';
import type { AsanaEvent } from '../../../dev/examples/asana-events.ts';
import { expectedBursts, expectedFailedLogins, expectedHours } from '../../../dev/examples/expected.ts';

const failure = (time: string, actor?: AsanaEvent['actor']): AsanaEvent => ({
  created_at: `2026-03-14T${time}Z`,
  event_type: 'user_login_failed',
  event_category: 'logins',
  ...(actor && { actor }),
});

test('three failed logins of one user in one hour are a burst', () => {
  const times = ['09:59:59.999', '10:00:00.000', '10:30:00.000', '10:59:59.999', '11:00:00.000'];
  const events = times.flatMap((time) => [failure(time, { gid: '7' }), failure(time), failure(time, {})]);
  expect(expectedBursts(events)).toEqual(['7@2026-03-14T10:00:00Z\t3']);
});

test('a failed login has its time, address and first method as Flink prints them', () => {
  const known = { ...failure('09:00:00.000', { email: 'a@example.com' }), details: { method: ['SAML'] } };
  const bare = { ...failure('10:00:00.000'), details: { method: [] } };
  const other = { ...known, event_type: 'user_login_succeeded' };
  expect(expectedFailedLogins([known, bare, other])).toEqual([
    '2026-03-14 09:00:00.000 | a@example.com | <NULL> | SAML',
    '2026-03-14 10:00:00.000 | <NULL> | <NULL> | <NULL>',
  ]);
});

test('events are counted by hour and category', () => {
  const events = [
    failure('09:00:00.000'),
    failure('09:59:59.999'),
    { created_at: '2026-03-14T09:30:00.000Z' },
  ];
  expect(expectedHours(events)).toEqual([
    '2026-03-14 09:00:00.000 | logins | 2',
    '2026-03-14 09:00:00.000 | <NULL> | 1',
  ]);
});
