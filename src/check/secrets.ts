import { readAuthorization } from '../avro/registry-login.ts';
import type { Config } from '../config/load.ts';
import { readSecret } from '../config/secret-source.ts';
import { kafkaSecurity, type RegistryLogin, registrySecurity, type SaslLogin } from '../config/security.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { readTokenOrRefuse } from './token.ts';

/** Throws CONFIG_INVALID, which names all secrets that cannot be read, or can be by everybody. */
export async function requireSecrets(config: Config): Promise<void> {
  const { sasl } = kafkaSecurity(config);
  const { login } = registrySecurity(config);
  const tokens = [...config.tokens].map(([gid, source]) => readTokenOrRefuse(gid, source));
  const reads = [...tokens, sasl && readPasswordOrRefuse(sasl), login && readLoginOrRefuse(login)];
  const problems = (await Promise.allSettled(reads)).flatMap((read) =>
    read.status === 'rejected' ? [messageOf(read.reason)] : [],
  );
  if (problems.length > 0) throw new ConnectorError('CONFIG_INVALID', problems.join('\n  '));
}

/** Throws CONFIG_INVALID, with the name of the variable. */
export const readPasswordOrRefuse = (login: SaslLogin): Promise<unknown> =>
  readSecret(login.password).catch((error) => refuse('KAFKA_SASL_PASSWORD_FILE', error));

/** Throws as {@link readPasswordOrRefuse} does. */
export const readLoginOrRefuse = (login: RegistryLogin): Promise<unknown> =>
  readAuthorization(login).catch((error) =>
    refuse('token' in login ? 'SCHEMA_REGISTRY_TOKEN_FILE' : 'SCHEMA_REGISTRY_PASSWORD_FILE', error),
  );

function refuse(name: string, error: unknown): never {
  throw new ConnectorError('CONFIG_INVALID', `${name}: ${messageOf(error)}`, { cause: error });
}
