import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { isoTime } from '../clock.ts';
import type { Config } from '../config/load.ts';
import { isLoopback } from '../config/loopback.ts';
import type { ErrorCode } from '../error-list.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import type { Check, Good } from './check.ts';

/** A name that has to be found, and what is unreachable where it is not. */
interface Host {
  readonly name: string;
  readonly code: ErrorCode;
}

/** One a name; an address needs no look-up. */
export interface DnsChecks {
  readonly all: readonly Check[];
  readonly asana: readonly Check[];
  readonly registry: readonly Check[];
  /** One that is found is enough; none where one of them is an address. */
  readonly brokers: readonly Check[];
}

export function dnsChecks(config: Config): DnsChecks {
  const asana = bare(config.ASANA_BASE_URL.hostname);
  const brokers = config.KAFKA_BROKERS.map(hostOf);
  const registry = bare(config.SCHEMA_REGISTRY_URL.hostname);
  const hosts: Host[] = [
    { name: asana, code: 'ASANA_UNREACHABLE' },
    ...brokers.map((name): Host => ({ name, code: 'KAFKA_UNAVAILABLE' })),
    { name: registry, code: 'SCHEMA_REGISTRY_UNAVAILABLE' },
  ];
  const named = hosts.filter(({ name }) => isIP(name) === 0);
  const unique = new Map(named.map((host) => [host.name, host]));
  const checks = new Map(
    [...unique].map(([name, host]) => [name, { subject: `DNS, ${name}`, look: () => lookUp(host) }]),
  );
  const of = (names: readonly string[]) => names.flatMap((name) => checks.get(name) ?? []);
  const ofBrokers = of(brokers);
  return {
    all: [...checks.values()],
    asana: of([asana]),
    registry: of([registry]),
    brokers: ofBrokers.length === brokers.length ? ofBrokers : [],
  };
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
const hostOf = (broker: string): string => bare(broker.replace(/:\d+$/, ''));

async function lookUp({ name, code }: Host): Promise<Good> {
  try {
    const found = await lookup(name, { all: true });
    return { detail: found.map(({ address }) => address).join(', ') };
  } catch (error) {
    throw new ConnectorError(code, `the name ${name} is not found: ${messageOf(error)}`, { cause: error });
  }
}

const TIMEOUT_MS = 10_000;
const SOON_MS = 14 * 86_400_000;

/** Is Asana at the other end, as far as its certificate says? @param nowMs of the look @param after the look-up of its name */
export function tlsCheck(url: URL, nowMs: () => number, after: readonly Check[]): Check {
  const subject = `TLS, ${url.host}`;
  if (url.protocol === 'https:')
    return { subject, after, look: (signal) => shakeHands(url, nowMs(), signal) };
  const detail = isLoopback(url.hostname) ? 'none: plain http, to this machine only' : '';
  const warning =
    detail === '' ? 'none: the token and the events are readable on the way; use https' : undefined;
  return { subject, look: async () => ({ detail, warning }) };
}

function shakeHands(url: URL, nowMs: number, signal: AbortSignal): Promise<Good> {
  const host = bare(url.hostname);
  const name = isIP(host) === 0 ? { servername: host } : {};
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(url.port || 443), ...name, timeout: TIMEOUT_MS });
    const end = (error: Error) => {
      socket.destroy();
      reject(new ConnectorError('ASANA_UNREACHABLE', `${url.host}: ${explain(error)}`, { cause: error }));
    };
    socket.once('error', end);
    socket.once('timeout', () => end(new Error(`no handshake within ${TIMEOUT_MS / 1000} s`)));
    signal.addEventListener('abort', () => end(new Error('stopped')), { once: true });
    socket.once('secureConnect', () => {
      const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
      const untilMs = Date.parse(validTo);
      const detail = `${socket.getProtocol()}, certificate of ${subject?.CN ?? host} by ${issuer?.O ?? issuer?.CN}, valid until ${isoTime(untilMs)}`;
      socket.destroy();
      resolve({ detail, warning: untilMs - nowMs < SOON_MS ? 'it ends soon: have it renewed' : undefined });
    });
  });
}

function explain(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const hint = /CERT|SELF_SIGNED|ISSUER/.test(code)
    ? '; where a proxy of yours answers with its own certificate, name its CA in NODE_EXTRA_CA_CERTS'
    : '';
  return `${messageOf(error)}${code ? ` (${code})` : ''}${hint}`;
}
