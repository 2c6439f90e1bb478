/**
 * JSON objects as text, in several key orders without building the object again: the real API answers with other key
 * orders from one answer to the next, and rendering is what the simulator spends its time on.
 */

import { canonicalJson } from '../src/canonical-json.ts';
import type { JsonObject } from '../src/json.ts';

/** One object's text in each key order; the first is the canonical one (keys sorted). */
export type ObjectTexts = readonly string[];

/** Number of key orders of a nested object. */
export const KEY_ORDERS = 3;

/** The texts of an object whose members (`"key":value`) are given in canonical order. */
export function joinMembers(members: readonly string[], keyOrder: number): string {
  if (members.length < 2 || keyOrder === 0) return `{${members.join(',')}}`;
  if (keyOrder === 1) return `{${members.toReversed().join(',')}}`;
  return `{${[...members.slice(1), members[0]].join(',')}}`;
}

/** The canonical members of an object. */
export const membersOf = (value: JsonObject): string[] =>
  Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);

/** An object's text in every key order, made once and used for many events. */
export function objectTexts(value: JsonObject): ObjectTexts {
  const members = membersOf(value);
  return Array.from({ length: KEY_ORDERS }, (_, keyOrder) => joinMembers(members, keyOrder));
}

/** `text` with one more member at its end. Its key must sort after all others, or the canonical text is not canonical. */
export const withLastMember = (text: string, member: string): string =>
  text === '{}' ? `{${member}}` : `${text.slice(0, -1)},${member}}`;
