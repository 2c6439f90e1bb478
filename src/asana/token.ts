import { Secret } from '../config/secret.ts';
import { readSecretFile, type SecretSource } from '../config/secret-source.ts';
import { ConnectorError, messageOf } from '../errors.ts';

export type TokenSource = SecretSource;

/** The token as it is now; a file is read each time, so that a rotated token is taken up. Throws ASANA_UNAUTHORIZED. */
export async function readToken(source: TokenSource): Promise<Secret> {
  if ('value' in source) return source.value;
  const text = await readSecretFile(source).catch((error) => {
    throw new ConnectorError('ASANA_UNAUTHORIZED', `the token file cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConnectorError(
      'ASANA_UNAUTHORIZED',
      `the token file ${source.file} does not hold one token on one line`,
    );
  }
  return new Secret(token);
}
