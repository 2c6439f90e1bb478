import { isLoopback } from './loopback.ts';
import type { Settings } from './settings.ts';

/**
 * Node heeds NODE_TLS_REJECT_UNAUTHORIZED=0 for every connection of the process: whoever stands in between could then read the
 * token, or make events up. Only where nothing leaves this machine is it nobody's business.
 */
export function verificationProblems(
  nodeSetting: string | undefined,
  { ASANA_BASE_URL: asana, SCHEMA_REGISTRY_URL: registry, KAFKA_BROKERS: brokers = [] }: Partial<Settings>,
): string[] {
  if (nodeSetting !== '0') return [];
  const hosts = [asana?.hostname, registry?.hostname, ...brokers.map(hostOf)];
  const elsewhere = hosts.filter((host) => host !== undefined && !isLoopback(host));
  if (elsewhere.length === 0) return [];
  return [
    `NODE_TLS_REJECT_UNAUTHORIZED: expected it not to be set, got '0', which turns the verification of TLS certificates off, also towards ${elsewhere[0]} (for a CA of your own, set NODE_EXTRA_CA_CERTS)`,
  ];
}

const hostOf = (broker: string): string => broker.slice(0, broker.lastIndexOf(':'));
