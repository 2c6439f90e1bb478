import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { readSecretFileSync, type SecretFile } from '../config/secret-source.ts';
import type { TlsFiles } from '../config/security.ts';
import { messageOf } from '../errors.ts';

export interface TlsMaterial {
  /** PEM texts. */
  readonly options: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;
  /** The client's own. */
  readonly certificate: X509Certificate | undefined;
}

/**
 * What the files hold now. Synchronously, because kafkajs makes its sockets so; they are small, and connections few.
 *
 * Throws where a file cannot be read, holds something else, or certificate and key do not belong together.
 */
export function readTlsFiles({ caFile, client }: TlsFiles): TlsMaterial {
  const ca = caFile === undefined ? {} : { ca: readCertificates(caFile) };
  if (client === undefined) return { options: ca, certificate: undefined };
  const cert = readCertificates(client.certFile);
  const certificate = new X509Certificate(cert);
  const key = readKey(client.key);
  if (!certificate.checkPrivateKey(createPrivateKey(key)))
    throw new Error(
      `${client.key.file} is not the private key of the first certificate in ${client.certFile}`,
    );
  return { options: { ...ca, cert, key }, certificate };
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** OpenSSL would pass over what is none, and trust nobody. */
function readCertificates(file: string): string {
  const text = readFileSync(file, 'utf8');
  const found = text.match(PEM_CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error(`${file} holds no certificate in PEM format`);
  try {
    for (const pem of found) new X509Certificate(pem);
    createSecureContext({ ca: text });
  } catch (error) {
    throw new Error(`${file} holds a certificate that cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return text;
}

/** What OpenSSL says about a key has nothing of the key in it. */
function readKey(source: SecretFile): string {
  const text = readSecretFileSync(source);
  if (/ENCRYPTED/.test(text))
    throw new Error(
      `the key in ${source.file} is encrypted: expected one that is not, which only the connector can read`,
    );
  try {
    createPrivateKey(text);
    return text;
  } catch (error) {
    throw new Error(`${source.file} holds no private key in PEM format: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
