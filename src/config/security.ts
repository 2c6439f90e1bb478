import { isLoopback } from './loopback.ts';
import type { SaslMechanism } from './parse.ts';
import type { Secret } from './secret.ts';
import type { SecretFile, SecretSource } from './secret-source.ts';
import type { Settings } from './settings.ts';

export interface TlsFiles {
  /** Without it, the CAs that Node trusts. */
  readonly caFile: string | undefined;
  readonly client?: { readonly certFile: string; readonly key: SecretFile };
}

export interface SaslLogin {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: SecretSource;
}

export interface KafkaSecurity {
  readonly tls: TlsFiles | undefined;
  readonly sasl: SaslLogin | undefined;
}

export type RegistryLogin =
  | { readonly username: string; readonly password: SecretSource }
  | { readonly token: SecretSource };

export interface RegistrySecurity {
  readonly tls: TlsFiles;
  readonly login: RegistryLogin | undefined;
}

export const secretFile = (file: string, settings: Partial<Settings>): SecretFile =>
  settings.ALLOW_WORLD_READABLE_SECRETS ? { file, mayBeOpen: true } : { file };

/** How the brokers are spoken to, of settings without {@link securityProblems}. */
export function kafkaSecurity(settings: Settings): KafkaSecurity {
  const { KAFKA_TLS_CERT_FILE: certFile, KAFKA_TLS_KEY_FILE: keyFile } = settings;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = settings;
  const password = sourceOf(settings.KAFKA_SASL_PASSWORD_FILE, settings.KAFKA_SASL_PASSWORD, settings);
  const client = certFile && keyFile && { client: { certFile, key: secretFile(keyFile, settings) } };
  return {
    tls: settings.KAFKA_TLS ? { caFile: settings.KAFKA_TLS_CA_FILE, ...(client || {}) } : undefined,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
  };
}

/** How the registry is spoken to, of settings without {@link securityProblems}. */
export function registrySecurity(settings: Settings): RegistrySecurity {
  const { SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_CA_FILE: caFile } = settings;
  const password = sourceOf(
    settings.SCHEMA_REGISTRY_PASSWORD_FILE,
    settings.SCHEMA_REGISTRY_PASSWORD,
    settings,
  );
  const token = sourceOf(settings.SCHEMA_REGISTRY_TOKEN_FILE, settings.SCHEMA_REGISTRY_TOKEN, settings);
  const basic = username && password ? { username, password } : undefined;
  return { tls: { caFile }, login: token ? { token } : basic };
}

function sourceOf(
  file: string | undefined,
  value: Secret | undefined,
  settings: Settings,
): SecretSource | undefined {
  if (file !== undefined) return secretFile(file, settings);
  return value && { value };
}

type Names = readonly (keyof Settings)[];

/** Is one of them set? One that is set to what cannot be read counts: that is a problem of its own. */
const isSet = (settings: Partial<Settings>, ...names: Names): boolean =>
  names.some((name) => name in settings);

export function securityProblems(settings: Partial<Settings>): string[] {
  return [...tlsProblems(settings), ...saslProblems(settings), ...registryProblems(settings)];
}

function tlsProblems(settings: Partial<Settings>): string[] {
  const files = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const;
  const given = files.filter((name) => isSet(settings, name));
  const problems: string[] = [];
  if (given.length > 0 && !settings.KAFKA_TLS)
    problems.push(`KAFKA_TLS: expected true where ${given.join(' and ')} is set`);
  problems.push(...together(settings, 'KAFKA_TLS_CERT_FILE', ['KAFKA_TLS_KEY_FILE']));
  problems.push(...together(settings, 'KAFKA_TLS_KEY_FILE', ['KAFKA_TLS_CERT_FILE']));
  return problems;
}

const SASL_PASSWORDS = ['KAFKA_SASL_PASSWORD_FILE', 'KAFKA_SASL_PASSWORD'] as const;

function saslProblems(settings: Partial<Settings>): string[] {
  const problems = [
    ...oneOf(settings, SASL_PASSWORDS),
    ...together(settings, 'KAFKA_SASL_MECHANISM', ['KAFKA_SASL_USERNAME']),
    ...together(settings, 'KAFKA_SASL_MECHANISM', SASL_PASSWORDS),
  ];
  for (const name of ['KAFKA_SASL_USERNAME', ...SASL_PASSWORDS] as const)
    problems.push(...together(settings, name, ['KAFKA_SASL_MECHANISM']));
  const hosts = plainHosts(settings);
  if (settings.KAFKA_SASL_MECHANISM === 'PLAIN' && hosts.length > 0 && !settings.KAFKA_ALLOW_PLAIN_PASSWORD)
    problems.push(
      `KAFKA_TLS: expected true with KAFKA_SASL_MECHANISM=PLAIN to ${hosts.join()} (or set KAFKA_ALLOW_PLAIN_PASSWORD=true: the password is then readable on the way)`,
    );
  return problems;
}

const REGISTRY_PASSWORDS = ['SCHEMA_REGISTRY_PASSWORD_FILE', 'SCHEMA_REGISTRY_PASSWORD'] as const;
const REGISTRY_TOKENS = ['SCHEMA_REGISTRY_TOKEN_FILE', 'SCHEMA_REGISTRY_TOKEN'] as const;

function registryProblems(settings: Partial<Settings>): string[] {
  const { SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USERNAME: username } = settings;
  const problems = [
    ...oneOf(settings, REGISTRY_PASSWORDS),
    ...oneOf(settings, REGISTRY_TOKENS),
    ...together(settings, 'SCHEMA_REGISTRY_USERNAME', REGISTRY_PASSWORDS),
  ];
  for (const name of REGISTRY_PASSWORDS)
    problems.push(...together(settings, name, ['SCHEMA_REGISTRY_USERNAME']));
  if (isSet(settings, ...REGISTRY_TOKENS) && isSet(settings, 'SCHEMA_REGISTRY_USERNAME'))
    problems.push('SCHEMA_REGISTRY_TOKEN and SCHEMA_REGISTRY_USERNAME are both set: expected one login');
  // A basic login is `user:password`, and its first colon ends the user.
  if (username?.includes(':'))
    problems.push('SCHEMA_REGISTRY_USERNAME: expected a user name without a colon');
  if (url?.protocol !== 'http:') return problems;
  if (isSet(settings, 'SCHEMA_REGISTRY_CA_FILE'))
    problems.push(`SCHEMA_REGISTRY_URL: expected https where SCHEMA_REGISTRY_CA_FILE is set, got '${url}'`);
  const isReadable = hasRegistryLogin(settings) && !isLoopback(url.hostname);
  if (isReadable && !settings.SCHEMA_REGISTRY_ALLOW_PLAIN_HTTP)
    problems.push(
      `SCHEMA_REGISTRY_URL: expected https with a login, got '${url}' (or set SCHEMA_REGISTRY_ALLOW_PLAIN_HTTP=true: password or token is then readable on the way)`,
    );
  return problems;
}

const hasRegistryLogin = (settings: Partial<Settings>): boolean =>
  isSet(settings, ...REGISTRY_PASSWORDS, ...REGISTRY_TOKENS);

/** Where one is given, one of the others has to be. */
function together(settings: Partial<Settings>, name: keyof Settings, others: Names): string[] {
  if (!isSet(settings, name) || isSet(settings, ...others)) return [];
  return [`${others.join(' or ')} is not set, and ${name} is: expected both or neither`];
}

function oneOf(settings: Partial<Settings>, names: readonly [keyof Settings, keyof Settings]): string[] {
  const [first, second] = names;
  if (!isSet(settings, first) || !isSet(settings, second)) return [];
  return [`${first} and ${second} are both set: expected one of them`];
}

export function securityWarnings(settings: Settings): string[] {
  const warnings: string[] = [];
  const { KAFKA_SASL_MECHANISM: mechanism, SCHEMA_REGISTRY_URL: url } = settings;
  const hosts = plainHosts(settings).join();
  if (hosts !== '' && mechanism === 'PLAIN')
    warnings.push(`KAFKA_TLS is false: the password and the events are readable on the way to ${hosts}`);
  else if (hosts !== '' && mechanism !== undefined)
    warnings.push(
      `KAFKA_TLS is false: on the way to ${hosts} the events are readable, and a weak password can be guessed from its ${mechanism} login`,
    );
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && hasRegistryLogin(settings))
    warnings.push(`SCHEMA_REGISTRY_URL is plain http to ${url.host}: its login is readable on the way`);
  if (settings.ALLOW_WORLD_READABLE_SECRETS)
    warnings.push(
      'ALLOW_WORLD_READABLE_SECRETS is true: tokens, passwords and keys may be readable by everybody',
    );
  return warnings;
}

/** The brokers on other machines that would be spoken to without TLS. */
export function plainHosts({ KAFKA_TLS: tls, KAFKA_BROKERS: brokers }: Partial<Settings>): string[] {
  if (tls) return [];
  return (brokers ?? []).filter((broker) => !isLoopback(broker.replace(/:\d+$/, '')));
}
