import { nearest } from './nearest.ts';
import { OPTIONS, TOKEN_FILE_PREFIX } from './options.ts';

const OURS = /^(?:ASANA|FIELDS)_/i;
// Set for other programs too, and were it meant for this one, it would be silently without TLS or login.
const SECURITY = /^(KAFKA_(TLS|SSL|SASL)|SCHEMA_REGISTRY)_/i;
// What Kubernetes sets for a service whose name begins with 'asana': ASANA_AUDIT_KAFKA_SERVICE_HOST, ASANA_AUDIT_KAFKA_PORT, …
const KUBERNETES = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP)(_\w+)?)?$/;
const PROXY = /^(HTTPS?|ALL)_PROXY$/i;

export interface Strangers {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Variables that the connector does not know but may have been meant for it.
 *
 * Asana ignores what it does not know, so a misspelt filter would silently read everything, and a misspelt FIELDS_DROP hide nothing:
 * what begins with `ASANA_` or `FIELDS_` is a problem. What is only near to a name of ours may well be another program's.
 */
export function findStrangers(names: readonly string[]): Strangers {
  const known = Object.keys(OPTIONS);
  const strangers = names.filter((name) => !known.includes(name) && !name.startsWith(TOKEN_FILE_PREFIX));
  const ours = strangers.filter((name) => OURS.test(name) && !KUBERNETES.test(name));
  const others = strangers.filter(
    (name) =>
      !OURS.test(name) &&
      !KUBERNETES.test(name) &&
      (SECURITY.test(name) || nearest(name.toUpperCase(), known) !== undefined),
  );
  const describe = (name: string) => {
    const meant = nearest(name.toUpperCase(), known);
    const question = meant === undefined ? '' : `: did you mean ${meant}?`;
    return `${name} is not a variable of the connector${question}`;
  };
  const proxies = names.filter((name) => PROXY.test(name));
  const direct = `${proxies.join(', ')}: no HTTP proxy is used; Asana and the registry have to be reachable directly`;
  return {
    problems: ours.map(describe),
    warnings: [...others.map(describe), ...(proxies.length > 0 ? [direct] : [])],
  };
}
