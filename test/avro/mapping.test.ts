import { describe, expect, test } from 'vitest';
import { toRecord } from '../../src/avro/mapping.ts';
import { toEvent } from '../../src/avro/to-event.ts';
import type { UnmappableCode } from '../../src/avro/unmappable.ts';
import { type JsonObject, parseJson } from '../../src/json.ts';
import {
  APP_TOKEN_USED,
  DIVISION_ROLE_CHANGED,
  LOGIN_WITH_SAML,
  PROVISIONED_BY_SCIM,
  REALISTIC_EVENTS,
  TASK_DELETED,
} from './realistic-events.ts';
import { recordOf, roundTrip, WORKSPACE_GID } from './round-trip.ts';

/** The shortest event that has a record, with other properties. */
const withProperties = (properties: JsonObject): JsonObject => ({
  gid: '1',
  created_at: '2026-03-14T15:09:26.535Z',
  ...properties,
});

test.each(REALISTIC_EVENTS)(
  'a real $event_type comes back unchanged, without its original text',
  async (event) => {
    expect(recordOf(event).original_json).toBeNull();
    expect(await roundTrip(event)).toStrictEqual(event);
  },
);

test('documented properties are in their fields', () => {
  const { saml_response } = LOGIN_WITH_SAML.details;
  expect(recordOf(TASK_DELETED)).toEqual({
    gid: '1207654321098765',
    workspace_gid: WORKSPACE_GID,
    created_at: Date.UTC(2026, 2, 14, 15, 9, 26, 535),
    event_type: 'task_deleted',
    event_category: 'deletion',
    actor: { ...TASK_DELETED.actor, additional_properties: {} },
    resource: { ...TASK_DELETED.resource, email: null, additional_properties: {} },
    details: {
      old_value: null,
      new_value: null,
      group: null,
      saml_response: null,
      additional_properties: {},
    },
    context: {
      ...TASK_DELETED.context,
      api_authentication_method: null,
      oauth_app_name: null,
      rule_name: null,
      on_behalf_of_user_id: null,
      additional_properties: {},
    },
    additional_properties: {},
    original_json: null,
  });
  expect(recordOf(LOGIN_WITH_SAML).details).toMatchObject({ saml_response });
  expect(recordOf(APP_TOKEN_USED).context).toMatchObject({
    api_authentication_method: 'oauth',
    oauth_app_name: 'Reporting',
  });
  expect(recordOf(DIVISION_ROLE_CHANGED)).toMatchObject({
    details: { old_value: '', new_value: 'division_admin', group: DIVISION_ROLE_CHANGED.details.group },
    context: { rule_name: 'When Task is added to this project', on_behalf_of_user_id: 1201234567890125 },
  });
});

test('a bare actor is an actor whose other fields are null', () => {
  expect(recordOf(PROVISIONED_BY_SCIM).actor).toEqual({
    actor_type: 'external_administrator',
    gid: null,
    name: null,
    email: null,
    additional_properties: {},
  });
});

test('what is not a string where one is documented, and what is not documented, is JSON text', () => {
  expect(recordOf(LOGIN_WITH_SAML).details?.additional_properties).toEqual({ method: '["SAML"]' });
  expect(recordOf(APP_TOKEN_USED).details).toMatchObject({
    old_value: null,
    additional_properties: { old_value: 'null', requires_approval: 'true' },
  });
  expect(recordOf(withProperties({ actor: 'Asana', event_type: 7 }))).toMatchObject({
    actor: null,
    event_type: null,
    additional_properties: { actor: '"Asana"', event_type: '7' },
  });
});

describe('absent, null and empty differ', () => {
  const resourceOf = (properties: JsonObject) => recordOf(withProperties(properties)).resource;
  test('where a record is documented', () => {
    expect(recordOf(withProperties({}))).toMatchObject({ resource: null, additional_properties: {} });
    expect(recordOf(withProperties({ resource: null }))).toMatchObject({
      resource: null,
      additional_properties: { resource: 'null' },
    });
    expect(resourceOf({ resource: {} })).toMatchObject({ name: null, additional_properties: {} });
  });
  test('where a string is documented', () => {
    expect(resourceOf({ resource: { name: null } })).toMatchObject({
      name: null,
      additional_properties: { name: 'null' },
    });
    expect(resourceOf({ resource: { name: '' } })).toMatchObject({ name: '', additional_properties: {} });
  });
});

test.each([
  ['2^53 - 2', '9007199254740990', 9007199254740990, undefined],
  ['zero', '0', 0, undefined],
  ['2^53 - 1', '9007199254740991', null, '9007199254740991'],
  ['negative', '-1', null, '-1'],
  ['a fraction', '1.5', null, '1.5'],
  ['a string', '"5"', null, '"5"'],
])('on_behalf_of_user_id that is %s', async (_what, text, field, additional) => {
  const event = parseJson(
    `{"gid":"1","created_at":"2026-03-14T15:09:26.535Z","context":{"on_behalf_of_user_id":${text}}}`,
  );
  const { context } = recordOf(event);
  expect(context?.on_behalf_of_user_id).toBe(field);
  expect(context?.additional_properties.on_behalf_of_user_id).toBe(additional);
  expect(JSON.stringify(await roundTrip(event))).toBe(JSON.stringify(event));
});

test('properties that Asana names like our fields survive beside them', async () => {
  const event = withProperties({
    workspace_gid: '77',
    original_json: '{}',
    additional_properties: { workspace_gid: '"x"' },
    actor: { additional_properties: 'y', workspace_gid: '88' },
  });
  const record = recordOf(event);
  expect(record.workspace_gid).toBe(WORKSPACE_GID);
  expect(record.original_json).toBeNull();
  expect(record.additional_properties).toEqual({
    workspace_gid: '"77"',
    original_json: '"{}"',
    additional_properties: '{"workspace_gid":"\\"x\\""}',
  });
  expect(await roundTrip(event)).toStrictEqual(event);
});

test('a created_at in another form is kept as text beside its time', async () => {
  const event = withProperties({ created_at: '2026-03-14T17:09:26.5350001+02:00', extra: 1 });
  expect(recordOf(event)).toMatchObject({
    created_at: Date.UTC(2026, 2, 14, 15, 9, 26, 535),
    additional_properties: { created_at: '"2026-03-14T17:09:26.5350001+02:00"', extra: '1' },
    original_json: null,
  });
  expect(await roundTrip(event)).toStrictEqual(event);
});

describe('original_json holds the event where', () => {
  const textOf = (members: string) => `{"gid":"1","created_at":"2026-03-14T15:09:26.535Z",${members}}`;
  test.each([
    ['a number is beyond a double', '"details":{"count":12345678901234567890}'],
    ['a number is deep inside', '"extra":[{"a":[1e400]}]'],
    ['a number is a negative zero', '"extra":-0'],
    ['a string is half a surrogate pair', '"resource":{"name":"\\ud800"}'],
    ['a string deep inside is', '"extra":[["a\\udfff"]]'],
    ['a name is', '"details":{"\\udc00":1}'],
    ['a name deep inside is', '"extra":{"a":{"\\ud800":1}}'],
    ['a name is __proto__', '"actor":{"__proto__":{"a":1}}'],
  ])('%s', async (_what, members) => {
    const event = parseJson(textOf(members));
    expect(recordOf(event).original_json).toBe(textOf(members));
    expect(JSON.stringify(await roundTrip(event))).toBe(textOf(members));
  });

  test('the fields hold what they can all the same', () => {
    const event = parseJson(textOf('"actor":{"name":"Greg","email":"\\ud800","age":-0,"__proto__":1}'));
    expect(recordOf(event).actor).toMatchObject({
      name: 'Greg',
      email: null,
      additional_properties: { email: '"\\ud800"', age: '-0' },
    });
  });
});

describe('an event that has no record says why:', () => {
  const time = '2026-03-14T15:09:26.535Z';
  const deep = (levels: number) => parseJson(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  test.each<[UnmappableCode, Parameters<typeof toRecord>[0]]>([
    ['not-an-object', null],
    ['not-an-object', [TASK_DELETED]],
    ['not-an-object', parseJson('12345678901234567890')],
    ['gid-missing', { created_at: time }],
    ['gid-not-a-string', { gid: 5, created_at: time }],
    ['gid-not-a-string', { gid: null, created_at: time }],
    ['gid-empty', { gid: '', created_at: time }],
    ['gid-malformed', { gid: '\ud800', created_at: time }],
    ['created-at-missing', { gid: '1' }],
    ['created-at-not-a-string', { gid: '1', created_at: 1773500966535 }],
    ['created-at-not-a-string', { gid: '1', created_at: null }],
    ['created-at-not-a-date-time', { gid: '1', created_at: '' }],
    ['created-at-not-a-date-time', { gid: '1', created_at: '2026-02-30T00:00:00.000Z' }],
    ['created-at-before-1970', { gid: '1', created_at: '1969-12-31T23:59:59.999Z' }],
    ['nested-too-deeply', withProperties({ details: { a: deep(100_000) } })],
    ['nested-too-deeply', withProperties({ a: deep(901) })],
  ])('%s', (code, event) => {
    const { unmappable } = toRecord(event, WORKSPACE_GID);
    expect(unmappable?.code).toBe(code);
    expect(unmappable?.message).toMatch(/^(expected|arrays and objects are nested)/);
  });

  test('900 levels are still mapped', async () => {
    const event = withProperties({ a: deep(900) });
    expect(await roundTrip(event)).toStrictEqual(event);
  });

  test('the message quotes no more than 40 characters of the event', () => {
    const event = { gid: '1', created_at: 'x'.repeat(5_000) };
    expect(toRecord(event, WORKSPACE_GID).unmappable?.message).toHaveLength(
      'expected created_at to be an RFC 3339 date-time with a time zone, found ""'.length + 40,
    );
  });
});

test('a record of a newer version gives back the properties that only its fields hold', () => {
  const record = {
    ...recordOf(TASK_DELETED),
    severity: 'high',
    session: { id: 'abc', kind: null, additional_properties: { minutes: '5' } },
  };
  expect(toEvent(record)).toEqual({
    ...TASK_DELETED,
    severity: 'high',
    session: { id: 'abc', minutes: 5 },
  });
});
