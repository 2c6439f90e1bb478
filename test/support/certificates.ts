/** Certificates for tests, made when they run: a machine with Node needs nothing else for them. Elliptic curve P-256. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Identity {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority extends Identity {
  issue(request: CertificateRequest): Identity;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  /** IPv4. */
  readonly addresses?: readonly string[];
  /** Epoch milliseconds; a day before now and a day after by default. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

const DAY_MS = 86_400_000;

/** A CA of its own, trusted by nobody yet. */
export function createAuthority(commonName: string): Authority {
  const keys = newKeys();
  const extensions = [
    extension('2.5.29.19', sequence(boolean(true)), 'critical'),
    extension('2.5.29.15', bitString(Buffer.from([0x06]), 1), 'critical'),
  ];
  const ca = { commonName, key: keys.privateKey };
  return {
    ...identity(sequence(...certify({ commonName }, keys.publicKey, ca, extensions)), keys.privateKey),
    issue: (request) => {
      const own = newKeys();
      const names = [
        ...(request.dnsNames ?? []).map((name) => tagged(0x82, Buffer.from(name, 'ascii'))),
        ...(request.addresses ?? []).map((address) =>
          tagged(0x87, Buffer.from(address.split('.').map(Number))),
        ),
      ];
      const alternative = names.length > 0 ? [extension('2.5.29.17', sequence(...names))] : [];
      return identity(sequence(...certify(request, own.publicKey, ca, alternative)), own.privateKey);
    },
  };
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

function identity(der: Buffer, key: KeyObject): Identity {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: String(key.export({ format: 'pem', type: 'pkcs8' })),
  };
}

/** The parts of a certificate. Source: RFC 5280, section 4.1. */
function certify(
  { commonName, fromMs = Date.now() - DAY_MS, untilMs = Date.now() + DAY_MS }: CertificateRequest,
  publicKey: KeyObject,
  issuer: { readonly commonName: string; readonly key: KeyObject },
  extensions: readonly Buffer[],
): Buffer[] {
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2'));
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    // Positive, and not shortened by a zero in front.
    tagged(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    name(issuer.commonName),
    sequence(time(fromMs), time(untilMs)),
    name(commonName),
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(extensions.length > 0 ? [tagged(0xa3, sequence(...extensions))] : []),
  );
  return [toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, issuer.key), 0)];
}

const name = (commonName: string): Buffer =>
  sequence(tagged(0x31, sequence(objectId('2.5.4.3'), tagged(0x0c, Buffer.from(commonName)))));

const extension = (id: string, value: Buffer, critical?: 'critical'): Buffer =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), tagged(0x04, value));

const time = (timeMs: number): Buffer =>
  tagged(0x18, Buffer.from(`${new Date(timeMs).toISOString().replace(/[-:T]|\.\d+/g, '')}`, 'ascii'));

const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));
const bitString = (bytes: Buffer, unusedBits: number): Buffer =>
  tagged(0x03, Buffer.concat([Buffer.from([unusedBits]), bytes]));
const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

/** A value with its tag and length, which Java wants as short as it can be. Source: X.690, sections 8.1 and 10.1. */
function tagged(tag: number, value: Buffer): Buffer {
  const length: number[] = [];
  for (let left = value.length; left > 0; left >>= 8) length.unshift(left & 0xff);
  const head = value.length < 128 ? [tag, value.length] : [tag, 0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from(head), value]);
}
