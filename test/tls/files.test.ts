import { createPrivateKey } from 'node:crypto';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { followTlsFiles } from '../../src/tls/connection-options.ts';
import { readTlsFiles } from '../../src/tls/files.ts';
import { createAuthority } from '../support/certificates.ts';

const authority = createAuthority('the CA');
const identity = authority.issue({ commonName: 'me' });
const other = authority.issue({ commonName: 'somebody else' });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
  await write('ca', authority.certificate);
  await write('cert', identity.certificate);
  await write('key', identity.key);
});

async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
}
const files = () => ({
  caFile: join(folder, 'ca'),
  client: { certFile: join(folder, 'cert'), key: { file: join(folder, 'key') } },
});

test('CA, certificate and key are read, and the certificate shown', () => {
  const { options, certificate } = readTlsFiles(files());
  expect(options).toEqual({ ca: authority.certificate, cert: identity.certificate, key: identity.key });
  expect(certificate?.subject).toBe('CN=me');
});

test.each([
  ['ca', '', /ca holds no certificate in PEM format/],
  ['ca', identity.key, /ca holds no certificate in PEM format/],
  ['ca', authority.certificate.replace(/MII/, 'AAA'), /ca holds a certificate that cannot be read/],
  ['cert', identity.key, /cert holds no certificate in PEM format/],
  ['cert', other.certificate, /key is not the private key of the first certificate in .*cert/],
  ['key', 'x', /key holds no private key in PEM format/],
  ['key', identity.certificate, /key holds no private key in PEM format/],
  [
    'key',
    String(
      createPrivateKey(identity.key).export({
        format: 'pem',
        type: 'pkcs8',
        cipher: 'aes-256-cbc',
        passphrase: 'x',
      }),
    ),
    /the key in .*key is encrypted/,
  ],
])('a file %s that holds something else is refused by name', async (name, text, refusal) => {
  await write(name, text);
  expect(() => readTlsFiles(files())).toThrow(refusal);
});

test('a key that everybody can read is refused; a certificate may be', async () => {
  await chmod(join(folder, 'cert'), 0o644);
  readTlsFiles(files());
  await chmod(join(folder, 'key'), 0o644);
  expect(() => readTlsFiles(files())).toThrow(/everybody on this machine can read .*chmod 640/);
});

test('what is renewed is used by the next connection, and while it is half written, what was there before', async () => {
  const options = followTlsFiles(files(), 'THE_NAMES');
  const first = options().secureContext;
  expect(options().secureContext).toBe(first);
  await write('cert', other.certificate);
  expect(options().secureContext).toBe(first);
  await write('key', other.key);
  const second = options().secureContext;
  expect(second).not.toBe(first);
  expect(options().secureContext).toBe(second);
});

test('what cannot be used in the first place is CONFIG_INVALID, with the variables', async () => {
  await write('ca', '');
  expect(() => followTlsFiles(files(), 'THE_NAMES')).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^THE_NAMES: .*ca holds/),
    }),
  );
});

test('certificates are verified whatever the environment says', () => {
  expect(followTlsFiles(files(), 'THE_NAMES')().rejectUnauthorized).toBe(true);
});
