import type { X509Certificate } from 'node:crypto';
import { isoTime } from '../clock.ts';
import type { Config } from '../config/load.ts';
import { isLoopback } from '../config/loopback.ts';
import { kafkaSecurity, plainHosts, registrySecurity, type TlsFiles } from '../config/security.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { readTlsFiles } from '../tls/files.ts';
import type { Check, Good } from './check.ts';
import { readLoginOrRefuse, readPasswordOrRefuse } from './secrets.ts';

/** How brokers and registry are spoken to, and whether all files for it are as they should be. Nobody is asked. */
export function securityChecks(config: Config, nowMs: () => number): Check[] {
  return [
    { subject: 'Kafka, security', look: () => lookAtKafka(config, nowMs()) },
    { subject: 'Schema registry, security', look: () => lookAtRegistry(config, nowMs()) },
  ];
}

async function lookAtKafka(config: Config, nowMs: number): Promise<Good> {
  const { tls, sasl } = kafkaSecurity(config);
  if (sasl) await readPasswordOrRefuse(sasl);
  const login = sasl ? `${sasl.mechanism} login as ${sasl.username}` : 'no login';
  if (tls) return lookAtTls(tls, 'TLS', login, nowMs);
  const hosts = plainHosts(config).join(', ');
  if (hosts === '') return { detail: `no TLS, to this machine only; ${login}` };
  return {
    detail: `no TLS; ${login}`,
    warning: `the events are readable on the way to ${hosts}: use a listener with TLS, and KAFKA_TLS=true`,
  };
}

async function lookAtRegistry(config: Config, nowMs: number): Promise<Good> {
  const { tls, login } = registrySecurity(config);
  if (login) await readLoginOrRefuse(login);
  const how = login ? ('token' in login ? 'bearer token' : `password of ${login.username}`) : 'no login';
  const { protocol, hostname } = config.SCHEMA_REGISTRY_URL;
  if (protocol === 'https:') return lookAtTls(tls, 'https', how, nowMs);
  return { detail: `plain http${isLoopback(hostname) ? ', to this machine only' : ''}; ${how}` };
}

const SOON_MS = 14 * 86_400_000;

function lookAtTls(files: TlsFiles, name: string, login: string, nowMs: number): Good {
  const certificate = readOrRefuse(files, name);
  const cas = files.caFile === undefined ? 'the CAs that Node trusts' : `the CAs in ${files.caFile}`;
  const detail = [`${name} with ${cas}`, login];
  if (certificate === undefined) return { detail: detail.join('; ') };
  const untilMs = Date.parse(certificate.validTo);
  const subject = certificate.subject.replaceAll('\n', ', ');
  detail.push(`client certificate ${subject}, valid until ${isoTime(untilMs)}`);
  if (untilMs < nowMs)
    throw new ConnectorError('CONFIG_INVALID', `${detail.join('; ')}: it has expired, have it renewed`);
  return {
    detail: detail.join('; '),
    warning: untilMs - nowMs < SOON_MS ? 'it ends soon: have it renewed' : undefined,
  };
}

/** Before anything connects. Throws CONFIG_INVALID where certificates or the key cannot be used. */
export function requireTlsFiles(config: Config): void {
  const { tls } = kafkaSecurity(config);
  if (tls) readOrRefuse(tls, 'KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE');
  readOrRefuse(registrySecurity(config).tls, 'SCHEMA_REGISTRY_CA_FILE');
}

function readOrRefuse(files: TlsFiles, names: string): X509Certificate | undefined {
  try {
    return readTlsFiles(files).certificate;
  } catch (error) {
    throw new ConnectorError('CONFIG_INVALID', `${names}: ${messageOf(error)}`, { cause: error });
  }
}
