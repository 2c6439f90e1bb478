import { Secret } from '../config/secret.ts';
import { readSecret } from '../config/secret-source.ts';
import type { RegistryLogin } from '../config/security.ts';

/** A login as it is sent, and texts made without it. */
export interface Authorization {
  readonly header: Secret;
  /** A registry or proxy may answer with what it was sent. */
  readonly removeFrom: (text: string) => string;
}

/** What the files hold now. Throws where they cannot be read, or hold what no header can. */
export async function readAuthorization(login: RegistryLogin): Promise<Authorization> {
  if ('token' in login) {
    const token = await readSecret(login.token);
    if (!/^[\x21-\x7e]+$/.test(token.reveal()))
      throw new Error('the token has spaces, or characters that are not ASCII');
    return { header: new Secret(`Bearer ${token.reveal()}`), removeFrom: (text) => token.removeFrom(text) };
  }
  const password = await readSecret(login.password);
  const encoded = new Secret(Buffer.from(`${login.username}:${password.reveal()}`).toString('base64'));
  return {
    header: new Secret(`Basic ${encoded.reveal()}`),
    removeFrom: (text) => encoded.removeFrom(password.removeFrom(text)),
  };
}
