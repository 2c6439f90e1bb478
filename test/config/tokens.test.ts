import { expect, test } from 'vitest';
import { LEAST, loadWith, problemsOf, problemsWith, TOKEN } from './environment.ts';

const NOT_SET =
  'ASANA_TOKEN_FILE is not set: expected a path of a file with the service account token (or ASANA_TOKEN)';
const { ASANA_TOKEN: _, ...WITHOUT_TOKEN } = LEAST;
const problemsWithout = (changes: Record<string, string>) => problemsOf({ ...WITHOUT_TOKEN, ...changes });

test('a token value serves every workspace', () => {
  const { tokens } = loadWith({});
  expect([...tokens.keys()]).toEqual(['111', '222']);
  for (const source of tokens.values()) expect('value' in source && source.value.reveal()).toBe(TOKEN);
});

test('a token file serves every workspace, and is not read yet', () => {
  const { tokens } = loadWith({ ASANA_TOKEN: '', ASANA_TOKEN_FILE: '/nowhere/token' });
  expect([...tokens]).toEqual([
    ['111', { file: '/nowhere/token' }],
    ['222', { file: '/nowhere/token' }],
  ]);
});

test("a workspace's own file overrides file and value, for that workspace alone", () => {
  const own = { ASANA_TOKEN_FILE_222: '/own' };
  const overValue = loadWith(own).tokens;
  expect(overValue.get('222')).toEqual({ file: '/own' });
  expect(overValue.get('111')).toHaveProperty('value');
  const overFile = loadWith({ ...own, ASANA_TOKEN: '', ASANA_TOKEN_FILE: '/shared' }).tokens;
  expect([...overFile.values()]).toEqual([{ file: '/shared' }, { file: '/own' }]);
});

test('own files for all workspaces need no shared token', () => {
  expect(problemsWithout({ ASANA_TOKEN_FILE_111: '/a', ASANA_TOKEN_FILE_222: '/b' })).toEqual([]);
});

test('a workspace without any token is a problem', () => {
  expect(problemsWithout({})).toEqual([NOT_SET]);
  expect(problemsWithout({ ASANA_TOKEN_FILE_111: '/a' })).toEqual([NOT_SET]);
});

test('a token is not reported as missing because the workspaces are', () => {
  const workspaces = 'ASANA_WORKSPACES is not set: expected gids (digits only), comma-separated';
  expect(problemsWith({ ASANA_WORKSPACES: '' })).toEqual([workspaces]);
  expect(problemsWithout({ ASANA_WORKSPACES: '', ASANA_TOKEN_FILE: '/t' })).toEqual([workspaces]);
  expect(problemsWithout({ ASANA_WORKSPACES: '', ASANA_TOKEN_FILE_111: '/t' })).toEqual([workspaces]);
  expect(problemsWithout({ ASANA_WORKSPACES: '' })).toEqual([workspaces, NOT_SET]);
});

test('file and value together are a problem', () => {
  expect(problemsWith({ ASANA_TOKEN_FILE: '/t' })).toEqual([
    'ASANA_TOKEN_FILE and ASANA_TOKEN are both set: expected one of them',
  ]);
});

test.each(['333', 'x', ''])('a file for the workspace %j, which is not followed, is a problem', (gid) => {
  expect(problemsWith({ [`ASANA_TOKEN_FILE_${gid}`]: '/t' })).toEqual([
    `ASANA_TOKEN_FILE_${gid}: expected the gid of one of ASANA_WORKSPACES behind ASANA_TOKEN_FILE_`,
  ]);
});

test('a blank override is no override, whatever its workspace', () => {
  const { tokens } = loadWith({ ASANA_TOKEN_FILE_111: ' ', ASANA_TOKEN_FILE_333: '' });
  expect(tokens.get('111')).toHaveProperty('value');
});
