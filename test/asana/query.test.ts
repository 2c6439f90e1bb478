import { expect, test } from 'vitest';
import { filtersFingerprint, queryParameters } from '../../src/asana/query.ts';

const startAtMs = Date.UTC(2026, 0, 31, 9, 30, 0, 7);

test('a query without anything sends no parameter: no limit, no empty filter', () => {
  expect(queryParameters({ filters: {} }).toString()).toBe('');
});

test('times keep their milliseconds, and filters, limit and offset go by the names of the API', () => {
  const filters = { eventType: 'user_login_failed', actorType: 'user', actorGid: '1', resourceGid: '2' };
  const query = { filters, startAtMs, endAtMs: startAtMs + 1, limit: 100 };
  expect(Object.fromEntries(queryParameters(query, 'eyJ0+/=&'))).toEqual({
    start_at: '2026-01-31T09:30:00.007Z',
    end_at: '2026-01-31T09:30:00.008Z',
    event_type: 'user_login_failed',
    actor_type: 'user',
    actor_gid: '1',
    resource_gid: '2',
    limit: '100',
    offset: 'eyJ0+/=&',
  });
});

test('an offset is encoded, so that it arrives as it was obtained', () => {
  expect(queryParameters({ filters: {} }, 'a+b/c=&d e').toString()).toBe('offset=a%2Bb%2Fc%3D%26d+e');
});

test('filters go along with an offset', () => {
  expect(queryParameters({ filters: { actorGid: '1' } }, 'x').toString()).toBe('actor_gid=1&offset=x');
});

test('two sets of filters have one fingerprint exactly when they are equal', () => {
  const filters = { eventType: 'a&actor_gid=1', actorType: 'user' };
  expect(filtersFingerprint(filters)).toBe(
    filtersFingerprint({ actorType: 'user', eventType: 'a&actor_gid=1', actorGid: undefined }),
  );
  const others = [{}, { eventType: 'a', actorGid: '1' }, { actorGid: '1' }, { resourceGid: '1' }, filters];
  expect(new Set(others.map(filtersFingerprint)).size).toBe(others.length);
});
