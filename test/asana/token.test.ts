import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readToken } from '../../src/asana/token.ts';
import { Secret } from '../../src/config/secret.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function tokenIn(text: string): Promise<string> {
  const file = join(folder, 'token');
  await writeFile(file, text, { mode: 0o600 });
  return (await readToken({ file })).reveal();
}

test('a value is the token', async () => {
  const value = new Secret('1/2:abc');
  expect(await readToken({ value })).toBe(value);
});

test.each(['1/2:abc', '1/2:abc\n', '  1/2:abc\r\n\n'])(
  'a file with %j holds the token 1/2:abc',
  async (text) => {
    expect(await tokenIn(text)).toBe('1/2:abc');
  },
);

test('a file is read each time', async () => {
  expect([await tokenIn('old'), await tokenIn('new')]).toEqual(['old', 'new']);
});

test.each(['', ' \n', 'secret1 secret2', 'secret1\nsecret2', 'secret\u00e9'])(
  'a file with %j holds no token, and what it holds is not printed',
  async (text) => {
    await expect(tokenIn(text)).rejects.toThrow(
      expect.objectContaining({
        code: 'ASANA_UNAUTHORIZED',
        message: `the token file ${join(folder, 'token')} does not hold one token on one line`,
      }),
    );
  },
);

test('a file that is not there halts the stream, with its name', async () => {
  const file = join(folder, 'missing');
  await expect(readToken({ file })).rejects.toThrow(
    expect.objectContaining({ code: 'ASANA_UNAUTHORIZED', message: expect.stringContaining(file) }),
  );
});
