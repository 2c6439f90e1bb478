import { createSecretKey, type KeyObject } from 'node:crypto';
import { readSecretFileSync, type SecretFile, type SecretSource } from '../config/secret-source.ts';
import { ConnectorError, messageOf } from '../errors.ts';

const LEAST_LENGTH = 32;
const KEY = new RegExp(`^[\\x21-\\x7e]{${LEAST_LENGTH},}$`);

export const HASH_KEY_EXPECTED = `at least ${LEAST_LENGTH} characters without spaces or line breaks, such as openssl rand -hex 32 prints`;

export const isHashKey = (text: string): boolean => KEY.test(text);

const keyOf = (text: string): KeyObject => createSecretKey(Buffer.from(text));

/** The key as it is at the start: another one would be another pseudonym for everybody. Throws CONFIG_INVALID. */
export function readHashKey(source: SecretSource): KeyObject {
  if ('value' in source) return keyOf(source.value.reveal());
  const key = readText(source).trim();
  if (isHashKey(key)) return keyOf(key);
  throw new ConnectorError(
    'CONFIG_INVALID',
    `FIELDS_HASH_KEY_FILE: expected in ${source.file} ${HASH_KEY_EXPECTED}`,
  );
}

function readText(source: SecretFile): string {
  try {
    return readSecretFileSync(source);
  } catch (error) {
    throw new ConnectorError('CONFIG_INVALID', `FIELDS_HASH_KEY_FILE cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
