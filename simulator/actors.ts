/** Who acts and from where, as texts that are made once. */

import type { JsonObject } from '../src/json.ts';
import { type ObjectTexts, objectTexts } from './object-text.ts';
import { hashPair, pick, toFraction } from './random.ts';
import { apps, browsers, phones } from './words.ts';

/** Something that events are about and that a filter can name. */
export interface ResourceEntry {
  readonly gid: string;
  readonly texts: ObjectTexts;
}

export interface ActorEntry {
  readonly actorType: string;
  /** Absent for actors that the API does not identify. */
  readonly gid: string | undefined;
  readonly texts: ObjectTexts;
  /** The actor as what an event is about, if it is a known user. */
  readonly resource: ResourceEntry | undefined;
  readonly contexts: readonly ObjectTexts[];
}

/** The contexts of one user, the more likely ones more often. */
export function buildContexts(hash: number, index: number): readonly ObjectTexts[] {
  const address = `203.0.${113 + (index % 3)}.${1 + (hash % 254)}`;
  const officeV6 = `2001:db8::${(hash & 0xffff).toString(16)}:${index.toString(16)}`;
  const web = { context_type: 'web', client_ip_address: address, user_agent: pick(browsers, hash) };
  const contexts: JsonObject[] = [
    web,
    web,
    { ...web, client_ip_address: officeV6 },
    {
      context_type: 'desktop',
      client_ip_address: address,
      user_agent: `${pick(browsers, hash)} AsanaDesktop/3.1.0 Electron/38.2.0`,
    },
    { context_type: 'mobile', client_ip_address: officeV6, user_agent: pick(phones, hash) },
    apiContext(hash, address),
    toFraction(hash) < 0.3 ? { context_type: 'email' } : web,
  ];
  return contexts.map(objectTexts);
}

function apiContext(hash: number, address: string): JsonObject {
  const base = { context_type: 'api', client_ip_address: address };
  switch (hash % 5) {
    case 0:
      return { ...base, api_authentication_method: 'oauth', oauth_app_name: pick(apps, hashPair(hash, 2)) };
    case 1:
      return {
        ...base,
        api_authentication_method: 'personal_access_token',
        user_agent: 'python-requests/2.32.5',
      };
    case 2:
      return { ...base, api_authentication_method: 'service_account', user_agent: 'curl/8.16.0' };
    case 3:
      return { ...base, api_authentication_method: 'cookie', user_agent: pick(browsers, hash) };
    default:
      return base;
  }
}

/** Asana itself, its support, administrators from outside, strangers, and a user of whom only the type is known. */
export function anonymousActors(seed: number): readonly ActorEntry[] {
  const rules = ['When task is added to this project', '期限が近づいたとき', 'Move to “Done” ✅'];
  const supportIds = [1, 2, 3].map((count) => 1_200_000_000_000_000 + hashPair(seed, count));
  return [
    entry('asana', {}, [
      { context_type: 'asana' },
      ...rules.map((rule_name) => ({ context_type: 'asana', rule_name })),
    ]),
    entry(
      'asana_support',
      {},
      supportIds.map((on_behalf_of_user_id) => ({ context_type: 'asana_support', on_behalf_of_user_id })),
    ),
    entry('external_administrator', {}, [{ context_type: 'api' }]),
    entry('anonymous', {}, [
      { context_type: 'web', client_ip_address: '198.51.100.7', user_agent: browsers[0] },
      {},
    ]),
    entry('user', { name: 'Former member' }, [{ context_type: 'web', client_ip_address: '198.51.100.23' }]),
  ];
}

const entry = (actorType: string, known: JsonObject, contexts: readonly JsonObject[]): ActorEntry => ({
  actorType,
  gid: undefined,
  resource: undefined,
  texts: objectTexts({ actor_type: actorType, ...known }),
  contexts: contexts.map(objectTexts),
});
