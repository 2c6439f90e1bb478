/** The `details` of an event. */

import { canonicalJson } from '../src/canonical-json.ts';
import type { JsonValue } from '../src/json.ts';
import type { EventType } from './event-types.ts';
import { gidFamilies } from './gids.ts';
import { joinMembers } from './object-text.ts';
import { hashPair, pick, toFraction } from './random.ts';
import { apps, settings } from './words.ts';

const methods: readonly JsonValue[] = [
  ['SAML'],
  ['SAML'],
  ['Google SSO'],
  ['Password'],
  ['Password', 'TOTP'],
  [],
];

/** What an administrator's change can put into old_value and new_value; the API documents strings and null. */
const changes: readonly JsonValue[] = [null, '', ...settings, 'Ünïcödé → 変更済み', 'true', '["10.0.0.0/8"]'];

const SAML_SHARE = 0.08;
const UNDOCUMENTED_SHARE = 0.08;

/** Undocumented members of types that usually have `{}`: any JSON can come here. */
const undocumented: readonly (readonly [string, JsonValue])[] = [
  ['new_value', 'Executive team'],
  ['new_value', null],
  ['changed_fields', ['name', 'due_on', 'assignee']],
  ['division', { gid: '1202999900000001', name: 'R&D – Zürich', resource_type: 'division' }],
  ['export_format', ''],
  ['count', 17],
  ['ratio', 0.25],
  ['was_automatic', false],
  ['nested', { levels: [{ deep: [null, [], {}] }] }],
];

/** The members of `details` in canonical order; `{}` for most types. */
export function renderDetails(type: EventType, hash: number, samlPool: string, keyOrder: number): string {
  if (type.detailKeys.length === 0) {
    if (toFraction(hashPair(hash, 1)) >= UNDOCUMENTED_SHARE) return '{}';
    const [name, value] = pick(undocumented, hashPair(hash, 2));
    return `{${JSON.stringify(name)}:${canonicalJson(value)}}`;
  }
  const members: string[] = [];
  for (const key of type.detailKeys) {
    const value = detailText(key, hashPair(hash, key.length * 31 + key.charCodeAt(0)), samlPool);
    if (value !== undefined) members.push(`"${key}":${value}`);
  }
  return joinMembers(members, keyOrder);
}

/** The value as JSON text; undefined: the member is absent. */
function detailText(key: string, hash: number, samlPool: string): string | undefined {
  switch (key) {
    case 'method':
      return JSON.stringify(pick(methods, hash));
    case 'saml_response':
      return samlText(hash, samlPool);
    case 'group':
      return canonicalJson({
        gid: `${gidFamilies.place}00${hash}`,
        name: `Division ${hash % 7}`,
        resource_type: 'division',
      });
    case 'app_gid':
      return `"${hash}"`;
    case 'app_name':
      return JSON.stringify(pick(apps, hash));
    case 'app_type':
      return hash % 3 === 0 ? 'null' : '"oauth"';
    case 'app_url':
      return hash % 4 === 0 ? '""' : '"https://app.example.com/connect?client=asana&scope=default"';
    default:
      return JSON.stringify(pick(changes, hash));
  }
}

function samlText(hash: number, samlPool: string): string | undefined {
  const fraction = toFraction(hash);
  if (fraction >= 2 * SAML_SHARE) return undefined;
  if (fraction >= SAML_SHARE) return 'null';
  const start = hash % 4_096;
  return `"${samlPool.slice(start, start + 2_000 + (hash % 5_000))}"`;
}

/** Base64 that looks like signed XML; replies are slices of it. */
export function buildSamlPool(seed: number): string {
  const bytes = Buffer.alloc(9_000);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(hashPair(seed, at), at);
  return Buffer.concat([Buffer.from('<samlp:Response ID="_'), bytes]).toString('base64');
}
