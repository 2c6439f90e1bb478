import type { Option } from './option.ts';

/** How the connector proves who it is, and who the other side is; part of the table in `options.ts`. */

export const KAFKA_SECURITY_OPTIONS = {
  KAFKA_TLS: {
    kind: 'boolean',
    default: 'false',
    section: 'Kafka security',
    help: 'Connect to the brokers with TLS. Their certificates and host names are always verified.',
  },
  KAFKA_TLS_CA_FILE: {
    kind: 'path',
    section: 'Kafka security',
    help: "PEM file with the CA certificates that the brokers' certificates must come from; without it, the CAs that Node trusts. Like the next two, it is read again at every connection.",
  },
  KAFKA_TLS_CERT_FILE: {
    kind: 'path',
    section: 'Kafka security',
    help: 'PEM file with the client certificate, its chain included, for brokers that ask for one.',
  },
  KAFKA_TLS_KEY_FILE: {
    kind: 'path',
    section: 'Kafka security',
    help: 'PEM file with the private key of the client certificate, not encrypted.',
  },
  KAFKA_SASL_MECHANISM: {
    kind: 'sasl-mechanism',
    section: 'Kafka security',
    help: 'How to log in; without it there is no login.',
  },
  KAFKA_SASL_USERNAME: { kind: 'text', section: 'Kafka security', help: 'User name of the login.' },
  KAFKA_SASL_PASSWORD_FILE: {
    kind: 'path',
    section: 'Kafka security',
    help: 'File with the password of the login, one line. Read again at every connection, so that a changed one is taken up without a restart.',
  },
  KAFKA_SASL_PASSWORD: {
    kind: 'password',
    section: 'Kafka security',
    help: 'The password itself, where a file is not to be had.',
  },
  KAFKA_ALLOW_PLAIN_PASSWORD: {
    kind: 'boolean',
    default: 'false',
    section: 'Kafka security',
    help: 'Allow `PLAIN` without TLS to another host: the password is then readable on the way.',
  },
} as const satisfies Record<string, Option>;

export const REGISTRY_SECURITY_OPTIONS = {
  SCHEMA_REGISTRY_USERNAME: {
    kind: 'text',
    section: 'Schema registry',
    help: 'User name for basic authentication.',
  },
  SCHEMA_REGISTRY_PASSWORD_FILE: {
    kind: 'path',
    section: 'Schema registry',
    help: 'File with the password for basic authentication, one line. Read again for every call.',
  },
  SCHEMA_REGISTRY_PASSWORD: {
    kind: 'password',
    section: 'Schema registry',
    help: 'The password itself, where a file is not to be had.',
  },
  SCHEMA_REGISTRY_TOKEN_FILE: {
    kind: 'path',
    section: 'Schema registry',
    help: 'File with a bearer token, instead of user and password. Read again for every call.',
  },
  SCHEMA_REGISTRY_TOKEN: {
    kind: 'secret',
    section: 'Schema registry',
    help: 'The bearer token itself, where a file is not to be had.',
  },
  SCHEMA_REGISTRY_CA_FILE: {
    kind: 'path',
    section: 'Schema registry',
    help: "PEM file with the CA certificates that the registry's certificate must come from; without it, the CAs that Node trusts.",
  },
  SCHEMA_REGISTRY_ALLOW_PLAIN_HTTP: {
    kind: 'boolean',
    default: 'false',
    section: 'Schema registry',
    help: 'Allow to send password or token over plain http to another host: it is then readable on the way.',
  },
} as const satisfies Record<string, Option>;

export const SECRET_FILE_OPTIONS = {
  ALLOW_WORLD_READABLE_SECRETS: {
    kind: 'boolean',
    default: 'false',
    section: 'Process',
    help: 'Take tokens, passwords and keys also from files that everybody on this machine can read, for where a mode cannot be set. Without it they are refused.',
  },
} as const satisfies Record<string, Option>;
