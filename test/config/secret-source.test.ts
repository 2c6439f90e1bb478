import { chmod, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readSecret, readSecretFileSync } from '../../src/config/secret-source.ts';

async function fileWith(text: string, mode = 0o600): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'secret-')), 'secret');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

test.each(['0400', '0600', '0440', '0640'])('a file of mode %s is read', async (text) => {
  const mode = Number.parseInt(text, 8);
  expect((await readSecret({ file: await fileWith('secret', mode) })).reveal()).toBe('secret');
});

test.each(['0644', '0444', '0604', '0777'])(
  'a file of mode %s, which everybody can read, is refused with the ways out, unless it is allowed',
  async (mode) => {
    const file = await fileWith('secret', Number.parseInt(mode, 8));
    const refused = await readSecret({ file }).catch((error) => error.message);
    expect(refused).toContain(`everybody on this machine can read ${file} (mode ${mode})`);
    for (const way of [`chmod 640 ${file}`, 'defaultMode: 0440', 'ALLOW_WORLD_READABLE_SECRETS=true'])
      expect(refused).toContain(way);
    expect((await readSecret({ file, mayBeOpen: true })).reveal()).toBe('secret');
  },
);

// Kubernetes mounts a secret as a link to a file of the mode that was asked for.
test('it is the file behind a link that counts', async () => {
  const file = await fileWith('secret', 0o440);
  await symlink(file, `${file}.link`);
  expect((await readSecret({ file: `${file}.link` })).reveal()).toBe('secret');
  await chmod(file, 0o444);
  await expect(readSecret({ file: `${file}.link` })).rejects.toThrow('everybody');
});

test.each([
  ['a secret', 'a secret'],
  [' spaces \n', ' spaces '],
  ['windows\r\n', 'windows'],
])('%j holds %j', async (text, secret) => {
  expect((await readSecret({ file: await fileWith(text) })).reveal()).toBe(secret);
});

test.each(['', '\n', 'one\ntwo', 'one\n\n'])('%j is not one line', async (text) => {
  await expect(readSecret({ file: await fileWith(text) })).rejects.toThrow('does not hold one line');
});

// ASANA_TOKEN_FILE="$TOKEN" put the token into the log: the error of the file system quotes the path.
test.each([
  '2/1201234567890123:0123456789abcdef',
  'pass/word',
  'x'.repeat(5_000),
  '-----BEGIN PRIVATE KEY-----',
])('a secret that is given in the place of its file is not printed: %s', async (secret) => {
  const refused = [
    await readSecret({ file: secret }).catch((error) => error),
    await (async () => readSecretFileSync({ file: secret }))().catch((error) => error),
  ];
  for (const error of refused) {
    expect(inspect(error)).not.toContain(secret);
    expect(error.message).toMatch(/^(ENOENT|ENAMETOOLONG): expected the path of a file/);
  }
});

test.each(['/nowhere/token', './nowhere/token', '../nowhere/token'])('the path %s is named', async (file) => {
  await expect(readSecret({ file })).rejects.toThrow(`open '${file}'`);
});
