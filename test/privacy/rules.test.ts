import { expect, test } from 'vitest';
import { loadWith, problemsWith } from '../config/environment.ts';

const KEY = '0123456789abcdef0123456789abcdef';

test.each([
  ['gid', 'the key of the record'],
  ['created_at', 'the time of the record'],
  ['created_at.seconds', 'the time of the record'],
  ['event_type', 'what happened'],
  ['workspace_gid', "a path of Asana's own JSON"],
  ['original_json', "a path of Asana's own JSON"],
  ['details.additional_properties.method', "a path of Asana's own JSON"],
])('%s cannot be hidden, and the reason is said: %s', (path, why) => {
  for (const variable of ['FIELDS_DROP', 'FIELDS_HASH']) {
    const problems = problemsWith({ [variable]: path, FIELDS_HASH_KEY: KEY });
    expect(problems).toEqual([expect.stringContaining(why)]);
    expect(problems[0]).toMatch(new RegExp(`^${variable}: ${path} `));
  }
});

test.each([
  [
    'actor.email',
    'actor.email',
    'FIELDS_DROP and FIELDS_HASH both have actor.email: expected one of them to',
  ],
  ['actor', 'actor.email', 'FIELDS_HASH: actor.email lies within actor, which FIELDS_DROP hides already'],
  ['actor.email', 'actor', 'FIELDS_DROP: actor.email lies within actor, which FIELDS_HASH hides already'],
])('what is dropped (%s) and hashed (%s) may not overlap', (dropped, hashed, problem) => {
  expect(problemsWith({ FIELDS_DROP: dropped, FIELDS_HASH: hashed, FIELDS_HASH_KEY: KEY })).toEqual([
    problem,
  ]);
});

test('neighbours whose names begin alike do not overlap', () => {
  expect(problemsWith({ FIELDS_DROP: 'actor.name,actor.name_kana,actor-x' })).toEqual([]);
});

test.each([
  [{ ASANA_ACTOR_GID: '1' }, 'actor.gid'],
  [{ ASANA_ACTOR_GID: '1' }, 'actor'],
  [{ ASANA_ACTOR_TYPE: 'user' }, 'actor.actor_type'],
  [{ ASANA_RESOURCE_GID: '1' }, 'resource.gid'],
])('with the filter %j, %s cannot be hidden', (filter, path) => {
  expect(problemsWith({ ...filter, FIELDS_DROP: path })).toEqual([
    `FIELDS_DROP: ${path} cannot be hidden together with ${Object.keys(filter)}: verify could not tell which events of the topic it means`,
  ]);
  expect(problemsWith({ ...filter, FIELDS_DROP: 'actor.email' })).toEqual([]);
});

test.each([
  [{}, 'FIELDS_HASH_KEY_FILE is not set: expected a path of a file with the key of FIELDS_HASH'],
  [{ FIELDS_HASH_KEY: KEY, FIELDS_HASH_KEY_FILE: '/key' }, 'are both set: expected one of them'],
  [{ FIELDS_HASH_KEY: KEY.slice(1) }, 'FIELDS_HASH_KEY: expected at least 32 characters'],
])('the key is needed, once, and not short: %j', (key, problem) => {
  const problems = problemsWith({ FIELDS_HASH: 'actor.email', ...key });
  expect(problems).toEqual([expect.stringContaining(problem)]);
  expect(problems.join()).not.toContain(KEY.slice(1));
});

test('every documented field can be hidden without a warning', () => {
  const paths =
    'event_category,resource,details.group.name,details.saml_response,context.on_behalf_of_user_id';
  const { FIELDS_DROP, warnings } = loadWith({ FIELDS_DROP: paths });
  expect(FIELDS_DROP).toEqual(paths.split(','));
  expect(warnings).toEqual([]);
});

test('a path that nobody documents is warned about, and the one that may be meant is named', () => {
  expect(loadWith({ FIELDS_DROP: 'actor.emial,details.password_hint' }).warnings).toEqual([
    'FIELDS_DROP: actor.emial is no field that Asana documents; it is hidden where Asana sends it: did you mean actor.email?',
    'FIELDS_DROP: details.password_hint is no field that Asana documents; it is hidden where Asana sends it',
  ]);
});

test('a key without fields is warned about', () => {
  expect(loadWith({ FIELDS_HASH_KEY: KEY }).warnings).toEqual([
    'FIELDS_HASH is not set, so that nothing is hashed with the key',
  ]);
});
